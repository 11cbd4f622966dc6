package OwnConditions;

import static trace.Trace.t;

public class Case {
    static void run() {
        if (true) {
            t("true");
        }
        String a = null;
        if (a != null && !a.equals("b")) t("never");
        t("new");
    }
}
