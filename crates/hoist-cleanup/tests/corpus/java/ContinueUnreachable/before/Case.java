package ContinueUnreachable;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        for (int i = 0; i < 2; i++) {
            t("" + i);
            if (client.getBooleanValue("new-nav", false)) {
                continue;
            }
            t("work");
        }
    }
}
