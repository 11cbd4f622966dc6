package NonShortCircuit;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean audit() {
        t("audit");
        return true;
    }

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        if (on & audit()) t("and");
        if (on | audit()) t("or");
        if (on ^ audit()) t("other");
    }
}
