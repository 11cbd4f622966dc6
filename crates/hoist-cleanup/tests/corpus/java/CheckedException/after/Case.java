package CheckedException;

import static trace.Trace.t;

public class Case {
    static void read() throws java.io.IOException {
        t("read");
    }

    static void run() {
        try {
            if (false) {
                read();
            }
            t("in");
        } catch (java.io.IOException e) {
            t("caught");
        }
    }
}
