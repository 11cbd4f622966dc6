package Operators;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean y() {
        return false;
    }

    static void f(int x) {
        if (client.getBooleanValue("new-nav", false) && x > 1) t("and");
        if (x > 1 && client.getBooleanValue("new-nav", false)) t("right");
        if (client.getBooleanValue("new-nav", false) || y()) t("or");
        if (!(client.getBooleanValue("new-nav", false) && (x > 1 || y()))) t("not");
        boolean both = x > 1 && client.getBooleanValue("new-nav", false);
        if (both) t("both");
    }

    static void run() {
        f(0);
        f(2);
    }
}
