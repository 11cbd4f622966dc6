package Details;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        if (client.getBooleanDetails("new-nav", false).getValue()) {
            t("new");
        }
    }
}
