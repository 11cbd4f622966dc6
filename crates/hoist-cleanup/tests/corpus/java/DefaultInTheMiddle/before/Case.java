package DefaultInTheMiddle;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        switch (client.getStringValue("new-nav", "red")) {
            case "red":
                t("red");
                break;
            default:
                t("other");
                break;
            case "blue":
                t("blue");
        }
        t("end");
    }
}
