package ThrowNeeded;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int f(boolean x) {
        try {
            if (client.getBooleanValue("new-nav", false)) {
                return 1;
            }
            throw new java.io.IOException("old");
        } catch (java.io.IOException e) {
            t(e.getMessage());
        }
        return 2;
    }

    static void run() {
        t("" + f(true));
    }
}
