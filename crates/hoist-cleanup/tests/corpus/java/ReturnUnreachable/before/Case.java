package ReturnUnreachable;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private static String legacy() {
        return helper();
    }

    private static String helper() {
        return "legacy";
    }

    static int f() {
        if (client.getBooleanValue("new-nav", false)) {
            t("new");
            return 1;
        }
        t(legacy());
        return 2;
    }

    static void run() {
        t("" + f());
    }
}
