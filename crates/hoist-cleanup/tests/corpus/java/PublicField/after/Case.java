package PublicField;

import static trace.Trace.t;

public class Case {
    public final boolean on = Boolean.TRUE;

    static void run() {
        if (new Case().on) t("on");
    }
}
