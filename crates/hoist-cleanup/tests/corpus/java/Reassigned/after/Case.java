package Reassigned;

import static trace.Trace.t;

public class Case {
    static void f(boolean q) {
        boolean on = true;
        on = on && q;
        if (on) t("on");
        else t("off");
    }

    static void run() {
        f(true);
        f(false);
    }
}
