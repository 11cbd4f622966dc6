package ConstructorFieldUnused;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private final Client asked;

    Case(Client asked) {
        this.asked = asked;
    }

    void shows() {
        if (asked.getBooleanValue("new-nav", false)) t("new");
    }

    static void run() {
        new Case(client).shows();
    }
}
