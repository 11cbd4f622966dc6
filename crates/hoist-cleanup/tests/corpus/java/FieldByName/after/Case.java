package FieldByName;

import static trace.Trace.t;

public class Case {
    private final boolean on = true;

    static void run() {
        try {
            t(Case.class.getDeclaredField("on").getName());
        } catch (NoSuchFieldException missing) {
            t("missing");
        }
        if (new Case().on) t("on");
    }
}
