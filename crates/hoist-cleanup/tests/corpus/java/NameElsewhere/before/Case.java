package NameElsewhere;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    int on;

    static void on() {
        t("method");
    }

    static void run() {
        Case c = new Case();
        boolean on = client.getBooleanValue("new-nav", false);
        if (on) t("a");
        c.on = 3;
        t("" + c.on);
        on();
    }
}
