package SwitchArrow;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        String label = switch (client.getStringValue("new-nav", "red")) {
            case "red" -> "warm";
            case "blue", "green" -> "cold";
            default -> {
                t("default");
                yield "other";
            }
        };
        t(label);
        switch (client.getStringValue("new-nav", "red")) {
            case "blue" -> {
                t("b");
                t("lue");
            }
            default -> t("other");
        }
    }
}
