package SideEffectArgument;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean def() {
        t("default");
        return false;
    }

    static void run() {
        if (client.getBooleanValue("new-nav", def())) {
            t("new");
        }
    }
}
