package Reassigned;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(boolean q) {
        boolean on = client.getBooleanValue("new-nav", false);
        on = on && q;
        if (on) t("on");
        else t("off");
    }

    static void run() {
        f(true);
        f(false);
    }
}
