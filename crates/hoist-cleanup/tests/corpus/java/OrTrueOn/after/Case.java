package OrTrueOn;

import static trace.Trace.t;

public class Case {
    static void f(int x) {
        t("or");
        t("either");
    }

    static void run() {
        f(2);
        f(0);
    }
}
