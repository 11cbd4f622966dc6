package Annotated;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    @Deprecated
    @SafeVarargs
    private static boolean isNew(Object... x) {
        return client.getBooleanValue("new-nav", false);
    }

    static void run() {
        if (isNew(1)) {
            t("new");
        }
    }
}
