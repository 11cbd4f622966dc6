package PrivateWrapper;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private static final String KEY = "new-nav";

    private static boolean isNew() {
        return client.getBooleanValue(KEY, false);
    }

    static void run() {
        if (isNew()) {
            t("new");
        } else {
            t("old");
        }
    }
}
