package Conditional;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        String label = client.getBooleanValue("new-nav", false) ? "new" : "old";
        t(label);
    }
}
