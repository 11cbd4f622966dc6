package SwitchYield;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        String name = switch (client.getStringValue("new-nav", "red")) {
            case "blue" -> "B";
            case "red" -> {
                t("red");
                yield "R";
            }
            default -> "other";
        };
        t(name);
    }
}
