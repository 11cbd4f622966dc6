package ConstructorFieldTwice;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private final boolean on;

    Case() {
        on = client.getBooleanValue("new-nav", false);
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
