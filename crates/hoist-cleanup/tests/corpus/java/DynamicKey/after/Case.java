package DynamicKey;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean isOn(String name) {
        return client.getBooleanValue("new-" + name, false);
    }

    static void run() {
        if (isOn("nav")) t("one");
        t("two");
    }
}
