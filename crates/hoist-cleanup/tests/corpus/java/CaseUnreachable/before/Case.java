package CaseUnreachable;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int f(int x) {
        switch (x) {
            case 1:
                if (client.getBooleanValue("new-nav", false)) {
                    return 1;
                }
                break;
            default:
                t("default");
        }
        return 2;
    }

    static void run() {
        t("" + f(1));
        t("" + f(2));
    }
}
