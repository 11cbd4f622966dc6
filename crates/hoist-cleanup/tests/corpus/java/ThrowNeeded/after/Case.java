package ThrowNeeded;

import static trace.Trace.t;

public class Case {
    static int f(boolean x) {
        try {
            if (true) {
                return 1;
            }
            throw new java.io.IOException("old");
        } catch (java.io.IOException e) {
            t(e.getMessage());
        }
        return 2;
    }

    static void run() {
        t("" + f(true));
    }
}
