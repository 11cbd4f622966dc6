package Braceless;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(int x) {
        if (x > 1) if (client.getBooleanValue("new-nav", false)) t("new");
        for (int i = 0; i < 2; i++) if (client.getBooleanValue("new-nav", false)) t("loop");
        t("end");
    }

    static void run() {
        f(2);
    }
}
