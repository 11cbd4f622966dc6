package IfOff;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("start");

        t("end");
    }
}
