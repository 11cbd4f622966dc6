package Boxed;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("a");
        Boolean on = true;
        if (on.booleanValue()) t("b");
        t("c");
    }
}
