package DefaultInTheMiddle;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("other");
        t("end");
    }
}
