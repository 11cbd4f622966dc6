package Boxed;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("a");
        t("b");
        t("c");
    }
}
