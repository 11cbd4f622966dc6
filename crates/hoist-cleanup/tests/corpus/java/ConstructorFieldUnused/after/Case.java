package ConstructorFieldUnused;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    Case(Client asked) {}

    void shows() {
        t("new");
    }

    static void run() {
        new Case(client).shows();
    }
}
