package Comments;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        // Shows the navigation.
        if (client.getBooleanValue("new-nav", false)) {
            // The new one.
            t("new"); // as it is

            /* More
             * of it.
             */
            t("more");
        } else {
            // The old one.
            t("old");
        }
        // The end.
        t("end");
    }
}
