package SwitchArrow;

import static trace.Trace.t;

public class Case {
    static void run() {
        String label = "cold";
        t(label);
        t("b");
        t("lue");
    }
}
