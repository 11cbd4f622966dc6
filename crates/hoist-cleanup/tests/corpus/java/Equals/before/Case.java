package Equals;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void f(int x) {
        boolean on = client.getBooleanValue("new-nav", false);
        if (on == (x > 1)) t("same");
        if ((x > 1) != on) t("other");
        if (on == true) t("on");
        if (on != false) t("not off");
    }

    static void run() {
        f(2);
        f(0);
    }
}
