package PublicKeyConstant;

import static trace.Trace.t;

public class Case {
    public static final String KEY = "new-nav";

    static void run() {
        t("new");
    }
}
