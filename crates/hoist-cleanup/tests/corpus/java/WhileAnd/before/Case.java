package WhileAnd;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        int n = 0;
        while (client.getBooleanValue("new-nav", false) && n < 2) {
            n++;
            t("loop");
        }
    }
}
