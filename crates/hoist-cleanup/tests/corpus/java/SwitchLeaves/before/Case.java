package SwitchLeaves;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int f() {
        switch (client.getStringValue("new-nav", "a")) {
            case "b":
                t("new");
                return 1;
            default:
                t("old");
        }
        t("after");
        return 2;
    }

    static void run() {
        t("" + f());
    }
}
