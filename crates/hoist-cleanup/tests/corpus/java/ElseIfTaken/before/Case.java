package ElseIfTaken;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(int x) {
        if (x == 1) {
            t("one");
        } else if (client.getBooleanValue("new-nav", false)) {
            t("new");
        } else if (x == 2) {
            t("two");
        } else {
            t("old");
        }
    }

    static void run() {
        f(1);
        f(2);
    }
}
