package AuditKept;

import static trace.Trace.t;

public class Case {
    static boolean audit() {
        t("audit");
        return true;
    }

    static void run() {
        if (audit() && false) {
            t("new");
        } else {
            t("old");
        }
    }
}
