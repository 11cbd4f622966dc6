package ElseIfTaken;

import static trace.Trace.t;

public class Case {
    static void f(int x) {
        if (x == 1) {
            t("one");
        } else {
            t("new");
        }
    }

    static void run() {
        f(1);
        f(2);
    }
}
