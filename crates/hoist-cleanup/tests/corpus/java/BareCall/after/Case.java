package BareCall;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("end");
    }
}
