package CheckedException;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void read() throws java.io.IOException {
        t("read");
    }

    static void run() {
        try {
            if (client.getBooleanValue("new-nav", false)) {
                read();
            }
            t("in");
        } catch (java.io.IOException e) {
            t("caught");
        }
    }
}
