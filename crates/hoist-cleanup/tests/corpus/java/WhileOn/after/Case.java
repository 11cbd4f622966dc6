package WhileOn;

import static trace.Trace.t;

public class Case {
    static int f() {
        int n = 0;
        while (true) {
            n++;
            if (n > 2) return n;
        }
    }

    static void run() {
        t("" + f());
    }
}
