package Comparison;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("blue");
        t("not red");
        t("blue");
        t("color " + "blue");
    }
}
