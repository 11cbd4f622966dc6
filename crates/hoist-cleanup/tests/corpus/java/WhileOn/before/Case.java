package WhileOn;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int f() {
        int n = 0;
        while (client.getBooleanValue("new-nav", false)) {
            n++;
            if (n > 2) return n;
        }
        return -1;
    }

    static void run() {
        t("" + f());
    }
}
