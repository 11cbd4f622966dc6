package PatternVariable;

import static trace.Trace.t;

public class Case {
    static void f(Object o) {
        if (o instanceof String s) {
            t(s);
        }
        if (o instanceof Integer n) {
            t("number " + n);
        }
    }

    static void run() {
        f("text");
        f(1);
    }
}
