package FieldAndParameter;

import static trace.Trace.t;

public class Case {
    void g(boolean on) {
        if (on) t("g");
    }

    void h() {
        t("h");
        t("this");
    }

    static void run() {
        new Case().g(false);
        new Case().h();
    }
}
