package DefiniteAssignment;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        final String x;
        if (client.getBooleanValue("new-nav", false)) {
            x = "new";
        } else {
            x = "old";
        }
        t(x);
    }
}
