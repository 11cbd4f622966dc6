package ConstructorFieldTwice;

import static trace.Trace.t;

public class Case {
    private final boolean on;

    Case() {
        on = true;
    }

    Case(boolean on) {
        this.on = on;
    }

    void shows() {
        t(on ? "on" : "off");
    }

    static void run() {
        new Case().shows();
        new Case(false).shows();
    }
}
