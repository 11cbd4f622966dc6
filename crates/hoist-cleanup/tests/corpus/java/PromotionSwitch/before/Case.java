package PromotionSwitch;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        t("" + (switch (client.getStringValue("new-nav", "a")) {
            case "b" -> 1;
            default -> 2.0;
        }) / 2);
        int same = switch (client.getStringValue("new-nav", "a")) {
            case "b" -> 1;
            case "c" -> throw new IllegalStateException();
            default -> 2;
        };
        t("" + same);
    }
}
