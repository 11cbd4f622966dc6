package OperatorsOff;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static boolean y() {
        t("y");
        return true;
    }

    static void f(int x) {
        if (client.getBooleanValue("new-nav", false) && y()) t("and");
        if (x > 1 && client.getBooleanValue("new-nav", false)) t("right");
        if (client.getBooleanValue("new-nav", false) || y()) t("or");
        if (y() || client.getBooleanValue("new-nav", false)) t("or right");
    }

    static void run() {
        f(0);
        f(2);
    }
}
