package TextReference;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("the flag new-nav is on");
        t("new");
    }
}
