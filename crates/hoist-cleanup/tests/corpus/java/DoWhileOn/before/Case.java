package DoWhileOn;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int f() {
        int n = 0;
        do {
            n++;
            if (n > 2) {
                return n;
            }
        } while (client.getBooleanValue("new-nav", false));
        return -1;
    }

    static int once(boolean x) {
        do {
            if (client.getBooleanValue("new-nav", false)) {
                return 1;
            }
            t("again");
        } while (x);
        return 2;
    }

    static void run() {
        t("" + f() + once(true));
    }
}
