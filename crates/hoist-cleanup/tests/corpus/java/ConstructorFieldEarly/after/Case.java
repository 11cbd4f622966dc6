package ConstructorFieldEarly;

import static trace.Trace.t;

public class Case {
    private boolean on;
    private final boolean first = isOn();

    Case() {
        on = true;
    }

    private boolean isOn() {
        return on;
    }

    static void run() {
        Case made = new Case();
        t(made.first ? "first" : "not yet");
        if (made.isOn()) t("on");
    }
}
