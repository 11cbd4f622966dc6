package PromotionSwitch;

import static trace.Trace.t;

public class Case {
    static void run() {
        t("" + (switch ("b") {
            case "b" -> 1;
            default -> 2.0;
        }) / 2);
        int same = 1;
        t("" + same);
    }
}
