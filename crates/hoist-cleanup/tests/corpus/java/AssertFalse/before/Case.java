package AssertFalse;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        try {
            assert client.getBooleanValue("new-nav", false);
        } catch (AssertionError error) {
            t("failed");
        }
    }
}
