package Preprocessor;

import static trace.Trace.t;

public class Case {
    static void run() {
        //#if new-nav
        t("built");
        //#endif
        t("new");
    }
}
