package Guard;

import static trace.Trace.t;

public class Case {
    static void f() {
        t("new");
    }

    static void run() {
        f();
        t("end");
    }
}
