package CaseUnreachable;

import static trace.Trace.t;

public class Case {
    static int f(int x) {
        switch (x) {
            case 1:
                return 1;
            default:
                t("default");
        }
        return 2;
    }

    static void run() {
        t("" + f(1));
        t("" + f(2));
    }
}
