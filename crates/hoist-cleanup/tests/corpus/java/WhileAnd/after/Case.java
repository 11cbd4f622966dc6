package WhileAnd;

import static trace.Trace.t;

public class Case {
    static void run() {
        int n = 0;
        while (n < 2) {
            n++;
            t("loop");
        }
    }
}
