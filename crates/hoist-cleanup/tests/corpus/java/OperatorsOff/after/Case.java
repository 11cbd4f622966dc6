package OperatorsOff;

import static trace.Trace.t;

public class Case {
    static boolean y() {
        t("y");
        return true;
    }

    static void f(int x) {
        if (y()) t("or");
        if (y()) t("or right");
    }

    static void run() {
        f(0);
        f(2);
    }
}
