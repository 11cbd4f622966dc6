package NestedCollision;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        if (client.getBooleanValue("new-nav", false)) {
            int x = 1;
            t("" + x);
        }
        for (int x = 0; x < 2; x++) {
            t("loop " + x);
        }
    }
}
