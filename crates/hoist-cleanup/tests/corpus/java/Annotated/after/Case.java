package Annotated;

import static trace.Trace.t;

public class Case {
    @Deprecated
    @SafeVarargs
    private static boolean isNew(Object... x) {
        return true;
    }

    static void run() {
        if (isNew(1)) {
            t("new");
        }
    }
}
