package ConstantLoops;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();
    private static final Boolean UNUSED = client.getBooleanValue("new-nav", false);

    static int left() {
        final boolean on = client.getBooleanValue("new-nav", false);
        int rounds = 0;
        while (on) {
            if (rounds++ > 3) break;
        }
        return rounds;
    }

    static int asked() {
        int rounds = 0;
        while (client.getBooleanValue("new-nav", false)) {
            if (rounds++ > 3) return rounds;
        }
        t("never");
        return -1;
    }

    static int never() {
        while (!client.getBooleanValue("new-nav", false)) {
            t("never");
        }
        client.getBooleanValue("new-nav", false);
        return 1;
    }

    static void run() {
        t("" + left() + asked() + never());
    }
}
