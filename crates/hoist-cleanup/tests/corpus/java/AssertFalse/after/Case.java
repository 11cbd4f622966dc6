package AssertFalse;

import static trace.Trace.t;

public class Case {
    static void run() {
        try {
            assert false;
        } catch (AssertionError error) {
            t("failed");
        }
    }
}
