package OwnConditions;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        if (true) {
            t("true");
        }
        String a = null;
        if (a != null && !a.equals("b")) t("never");
        if (client.getBooleanValue("new-nav", false)) t("new");
    }
}
