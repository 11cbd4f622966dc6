package SeveralDeclarators;

import static trace.Trace.t;

public class Case {
    static boolean f() {
        t("f");
        return true;
    }

    static void run() {
        boolean other = f();
        if (other) t("new");
    }
}
