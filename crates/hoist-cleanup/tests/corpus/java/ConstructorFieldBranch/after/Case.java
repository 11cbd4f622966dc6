package ConstructorFieldBranch;

import static trace.Trace.t;

public class Case {
    private boolean on;

    Case(boolean ask) {
        if (ask) {
            on = true;
        }
    }

    void shows() {
        t(on ? "on" : "off");
    }

    static void run() {
        new Case(true).shows();
        new Case(false).shows();
    }
}
