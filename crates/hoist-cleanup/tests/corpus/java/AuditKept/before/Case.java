package AuditKept;

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
        if (audit() && client.getBooleanValue("new-nav", false)) {
            t("new");
        } else {
            t("old");
        }
    }
}
