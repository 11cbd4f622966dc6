package SwitchFalls;

import static trace.Trace.t;

public class Case {
    static void run() {
        switch ("blue") {
            case "blue":
                t("blue");
            case "red":
                t("red");
                break;
            default:
                t("other");
        }
    }
}
