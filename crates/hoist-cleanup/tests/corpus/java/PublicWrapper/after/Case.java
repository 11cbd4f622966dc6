package PublicWrapper;

import static trace.Trace.t;

public class Case {
    public static boolean isNew() {
        return true;
    }

    static void run() {
        if (isNew()) {
            t("new");
        }
    }
}
