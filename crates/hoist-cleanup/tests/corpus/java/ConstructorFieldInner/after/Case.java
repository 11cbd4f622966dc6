package ConstructorFieldInner;

import static trace.Trace.t;

public class Case {
    private boolean on;

    Case() {
        Helper helper = new Helper();
        helper.go();
        this.on = true;
    }

    class Helper {
        void go() {
            t(on ? "on" : "not yet");
        }
    }

    static void run() {
        if (new Case().on) t("on");
    }
}
