package SwitchLeaves;

import static trace.Trace.t;

public class Case {
    static int f() {
        t("new");
        return 1;
    }

    static void run() {
        t("" + f());
    }
}
