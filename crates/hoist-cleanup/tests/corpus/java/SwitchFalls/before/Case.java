package SwitchFalls;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        switch (client.getStringValue("new-nav", "red")) {
            case "blue":
                t("blue");
            case "red":
                t("red");
                break;
            default:
                t("other");
        }
    }
}
