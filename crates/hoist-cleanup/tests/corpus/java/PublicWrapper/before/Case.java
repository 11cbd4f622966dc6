package PublicWrapper;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    public static boolean isNew() {
        return client.getBooleanValue("new-nav", false);
    }

    static void run() {
        if (isNew()) {
            t("new");
        }
    }
}
