package Promotion;

import static trace.Trace.t;

public class Case {
    static double ratio() {
        return 0.5;
    }

    static int count() {
        return 3;
    }

    static double declared(boolean on) {
        return 1;
    }

    static String name(int n) {
        return "n" + n;
    }

    static void run() {
        t("" + (true ? 1 : 2.0) / 2);
        t("" + (true ? 2000000000 : 2L) * 2);
        Object boxed = true ? 1 : 2.0;
        t(boxed.getClass().getSimpleName());
        t("" + (true ? 'a' : count()));
        t("" + (true ? count() : ratio()) / 2);
        double wide = 1;
        int same = count();
        t("" + wide + same + (count() + 1) + declared(true));
        t(name(1));
        t((name(2)).trim());
        Integer none = null;
        t("" + none + (true ? "x" : same));
        if (same > 1) {
            t("more");
        }
    }
}
