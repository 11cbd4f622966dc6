package ForOff;

import static trace.Trace.t;

public class Case {
    static void run() {
        for (int i = 0; i < 2; i++) {
            t("kept " + i);
        }
        t("end");
    }
}
