package ConstructorFieldInherited;

import static trace.Trace.t;

public class Case {
    static class Base {
        Base() {
            init();
        }

        void init() {}
    }

    static class Nav extends Base {
        private boolean on;

        Nav() {
            this.on = true;
        }

        @Override
        void init() {
            t(on ? "on" : "not yet");
        }
    }

    static void run() {
        new Nav().init();
    }
}
