package ConstructorField;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private final boolean on;
    private final int size;

    Case(int size) {
        this.size = size;
        this.on = client.getBooleanValue("new-nav", false);
    }

    void shows() {
        if (on) t("new " + size);
        if (!this.on) t("old");
    }

    static void run() {
        new Case(2).shows();
    }
}
