package TryUnreachable;

import static trace.Trace.t;

public class Case {
    static int f() {
        try {
            return 1;
        } catch (RuntimeException e) {
            throw e;
        }
    }

    static void run() {
        t("" + f());
    }
}
