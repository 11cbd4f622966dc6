package SwitchBreakNested;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(int x) {
        switch (client.getStringValue("new-nav", "red")) {
            case "blue":
                if (x > 1) break;
                t("blue");
                break;
            default:
                t("other");
        }
    }

    static void run() {
        f(1);
        f(2);
    }
}
