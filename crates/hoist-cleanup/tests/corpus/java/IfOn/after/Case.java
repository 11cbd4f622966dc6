package IfOn;

import static trace.Trace.t;

public class Case {
    static void run() {
        // The new navigation.
        // Inside.
        t("new");
        t("two");
        t("end");
    }
}
