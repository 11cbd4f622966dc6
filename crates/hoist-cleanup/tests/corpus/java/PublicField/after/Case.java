package PublicField;

import static trace.Trace.t;

public class Case {
    public final boolean on = true;

    static void run() {
        if (new Case().on) t("on");
    }
}
