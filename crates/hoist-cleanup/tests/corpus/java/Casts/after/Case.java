package Casts;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("cast");
        t("plain");
        t("equal");
    }
}
