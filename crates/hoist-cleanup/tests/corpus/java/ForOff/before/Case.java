package ForOff;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        for (int i = 0; on && i < 3; i++) {
            t("loop " + i);
        }
        for (int i = 0; i < 2 || on; i++) {
            t("kept " + i);
        }
        t("end");
    }
}
