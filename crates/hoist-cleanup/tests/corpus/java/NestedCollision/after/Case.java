package NestedCollision;

import static trace.Trace.t;

public class Case {
    static void run() {
        {
            int x = 1;
            t("" + x);
        }
        for (int x = 0; x < 2; x++) {
            t("loop " + x);
        }
    }
}
