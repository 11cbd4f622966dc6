package DoWhileOff;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("once");
        t("end");
    }
}
