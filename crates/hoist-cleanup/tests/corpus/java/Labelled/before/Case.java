package Labelled;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        outer:
        for (int x = 0; x < 2; x++) {
            if (client.getBooleanValue("new-nav", false)) {
                t("x " + x);
                continue outer;
            }
            t("never");
        }
        t("end");
    }
}
