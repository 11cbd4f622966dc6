package NameElsewhere;

import static trace.Trace.t;

public class Case {
    int on;

    static void on() {
        t("method");
    }

    static void run() {
        Case c = new Case();
        t("a");
        c.on = 3;
        t("" + c.on);
        on();
    }
}
