package IfOn;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        // The new navigation.
        if (client.getBooleanValue("new-nav", false)) {
            // Inside.
            t("new");
            t("two");
        } else {
            t("old");
        }
        t("end");
    }
}
