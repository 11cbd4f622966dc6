package EnumKey;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    enum Flag {
        NEW_NAV("new-nav");

        private final String key;

        Flag(String key) {
            this.key = key;
        }

        String getKey() {
            return key;
        }
    }

    static void run() {
        if (client.getBooleanValue(Flag.NEW_NAV.getKey(), false)) t("new");
    }
}
