package ConstructorFieldsTogether;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private boolean on, other;

    Case(boolean other) {
        this.on = client.getBooleanValue("new-nav", false);
        this.other = other;
    }

    void shows() {
        if (on && other) t("both");
        t(other ? "other" : "none");
    }

    static void run() {
        new Case(true).shows();
        new Case(false).shows();
    }
}
