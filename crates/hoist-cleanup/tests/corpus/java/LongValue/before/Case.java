package LongValue;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        Long n = client.getLongValue("new-nav", 1L);
        t(n.toString());
        if (n == 3L) t("three");
    }
}
