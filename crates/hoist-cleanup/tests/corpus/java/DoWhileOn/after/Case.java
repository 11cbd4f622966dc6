package DoWhileOn;

import static trace.Trace.t;

public class Case {
    static int f() {
        int n = 0;
        do {
            n++;
            if (n > 2) {
                return n;
            }
        } while (true);
    }

    static int once(boolean x) {
        do {
            return 1;
        } while (x);
    }

    static void run() {
        t("" + f() + once(true));
    }
}
