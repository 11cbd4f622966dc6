package ReassignedWithItself;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean f() {
        t("f");
        return false;
    }

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        on = on && f();
        t(on ? "on" : "off");
    }
}
