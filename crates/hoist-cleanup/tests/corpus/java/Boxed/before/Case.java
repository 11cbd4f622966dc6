package Boxed;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        if (Boolean.TRUE.equals(client.getBooleanValue("new-nav", false))) t("a");
        Boolean on = client.getBooleanValue("new-nav", false);
        if (on.booleanValue()) t("b");
        if (client.getBooleanValue("new-nav", false) == true) t("c");
    }
}
