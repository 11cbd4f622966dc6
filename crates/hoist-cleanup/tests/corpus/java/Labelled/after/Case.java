package Labelled;

import static trace.Trace.t;

public class Case {
    static void run() {
        outer:
        for (int x = 0; x < 2; x++) {
            t("x " + x);
            continue outer;
        }
        t("end");
    }
}
