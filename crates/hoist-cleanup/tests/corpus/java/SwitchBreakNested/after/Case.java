package SwitchBreakNested;

import static trace.Trace.t;

public class Case {
    static void f(int x) {
        switch ("blue") {
            case "blue":
                if (x > 1) break;
                t("blue");
                break;
            default:
                t("other");
        }
    }

    static void run() {
        f(1);
        f(2);
    }
}
