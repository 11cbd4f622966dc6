package ScopeCollision;

import static trace.Trace.t;

public class Case {
    static void run() {
        {
            int x = 1;
            t("" + x);
        }
        int x = 2;
        t("" + x);
    }
}
