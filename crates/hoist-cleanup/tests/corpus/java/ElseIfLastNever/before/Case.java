package ElseIfLastNever;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean p() {
        return false;
    }

    static void run() {
        if (p()) {
            t("a");
        } else if (client.getBooleanValue("new-nav", false)) {
            t("b");
        }
        t("end");
    }
}
