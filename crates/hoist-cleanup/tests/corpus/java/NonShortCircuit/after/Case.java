package NonShortCircuit;

import static trace.Trace.t;

public class Case {
    static boolean audit() {
        t("audit");
        return true;
    }

    static void run() {
        if (true & audit()) t("and");
        if (true | audit()) t("or");
        if (true ^ audit()) t("other");
    }
}
