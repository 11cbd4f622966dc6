package SiblingBlocks;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        {
            boolean on = client.getBooleanValue("new-nav", false);
            if (on) t("a");
        }
        {
            boolean on = false;
            if (on) t("b");
            else t("c");
        }
    }
}
