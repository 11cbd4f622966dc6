package Guard;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f() {
        if (!client.getBooleanValue("new-nav", false)) return;
        t("new");
    }

    static void run() {
        f();
        t("end");
    }
}
