package SwitchArm;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("cold");
        t("end");
    }
}
