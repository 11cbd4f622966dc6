package ConstructorFieldInherited;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static class Base {
        Base() {
            init();
        }

        void init() {}
    }

    static class Nav extends Base {
        private boolean on;

        Nav() {
            this.on = client.getBooleanValue("new-nav", false);
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
