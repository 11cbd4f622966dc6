package Casts;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        if ((boolean) client.getBooleanValue("new-nav", false)) t("cast");
        if (client.getBooleanValue("new-nav", false).booleanValue()) t("plain");
        if (Boolean.FALSE.equals(client.getBooleanValue("new-nav", false))) t("never");
        if (java.util.Objects.equals(client.getBooleanValue("new-nav", false), true)) t("equal");
    }
}
