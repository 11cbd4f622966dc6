package Equals;

import static trace.Trace.t;

public class Case {
    static void f(int x) {
        if ((x > 1)) t("same");
        if (!(x > 1)) t("other");
        t("on");
        t("not off");
    }

    static void run() {
        f(2);
        f(0);
    }
}
