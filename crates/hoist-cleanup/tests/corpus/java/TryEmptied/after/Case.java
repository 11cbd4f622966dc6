package TryEmptied;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("finally");
        t("end");
    }
}
