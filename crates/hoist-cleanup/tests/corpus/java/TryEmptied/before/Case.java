package TryEmptied;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        try {
            if (client.getBooleanValue("new-nav", false)) {
                t("new");
            }
        } catch (RuntimeException e) {
            t("caught");
        } finally {
            t("finally");
        }
        try {
            if (client.getBooleanValue("new-nav", false)) t("new");
        } catch (RuntimeException e) {
            t("caught");
        }
        t("end");
    }
}
