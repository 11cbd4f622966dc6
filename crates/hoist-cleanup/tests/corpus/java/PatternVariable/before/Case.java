package PatternVariable;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(Object o) {
        if (o instanceof String s && client.getBooleanValue("new-nav", false)) {
            t(s);
        }
        if (client.getBooleanValue("new-nav", false) && o instanceof Integer n) {
            t("number " + n);
        }
    }

    static void run() {
        f("text");
        f(1);
    }
}
