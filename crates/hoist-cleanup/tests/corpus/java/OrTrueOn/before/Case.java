package OrTrueOn;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(int x) {
        if (x > 1 || client.getBooleanValue("new-nav", false)) t("or");
        boolean either = x > 1 || client.getBooleanValue("new-nav", false);
        if (either) t("either");
    }

    static void run() {
        f(2);
        f(0);
    }
}
