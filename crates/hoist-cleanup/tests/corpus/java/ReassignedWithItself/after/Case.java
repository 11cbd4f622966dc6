package ReassignedWithItself;

import static trace.Trace.t;

public class Case {
    static boolean f() {
        t("f");
        return false;
    }

    static void run() {
        boolean on = true;
        on = on && f();
        t(on ? "on" : "off");
    }
}
