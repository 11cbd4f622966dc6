package ConstructorFieldBranch;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private boolean on;

    Case(boolean ask) {
        if (ask) {
            on = client.getBooleanValue("new-nav", false);
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
