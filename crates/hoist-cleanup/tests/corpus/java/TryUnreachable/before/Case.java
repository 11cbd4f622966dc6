package TryUnreachable;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int f() {
        if (client.getBooleanValue("new-nav", false)) {
            try {
                return 1;
            } catch (RuntimeException e) {
                throw e;
            }
        }
        return 2;
    }

    static void run() {
        t("" + f());
    }
}
