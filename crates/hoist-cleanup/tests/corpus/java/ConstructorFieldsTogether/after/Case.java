package ConstructorFieldsTogether;

import static trace.Trace.t;

public class Case {
    private boolean other;

    Case(boolean other) {
        this.other = other;
    }

    void shows() {
        if (other) t("both");
        t(other ? "other" : "none");
    }

    static void run() {
        new Case(true).shows();
        new Case(false).shows();
    }
}
