package Comparison;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        String color = client.getStringValue("new-nav", "red");
        if ("blue".equals(color)) t("blue");
        if (color.equals("red")) t("red");
        if (!color.equals("red")) t("not red");
        t(color);
        t("color " + color);
    }
}
