package DeclaredOtherwise;

import static trace.Trace.t;

public class Case {
    private static double half() {
        return 3;
    }

    static void run() {
        double ratio = 3;
        long large = 3;
        Object any = 3;
        t("" + ratio / 2 + large * 2000000000 + half() / 2);
        t(any.toString() + 3 / 2);
    }
}
