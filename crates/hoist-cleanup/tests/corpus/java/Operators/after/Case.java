package Operators;

import static trace.Trace.t;

public class Case {
    static boolean y() {
        return false;
    }

    static void f(int x) {
        if (x > 1) t("and");
        if (x > 1) t("right");
        t("or");
        if (!(x > 1 || y())) t("not");
        boolean both = x > 1;
        if (both) t("both");
    }

    static void run() {
        f(0);
        f(2);
    }
}
