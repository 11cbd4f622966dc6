package ConstructorFieldEarly;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private boolean on;
    private final boolean first = isOn();

    Case() {
        on = client.getBooleanValue("new-nav", false);
    }

    private boolean isOn() {
        return on;
    }

    static void run() {
        Case made = new Case();
        t(made.first ? "first" : "not yet");
        if (made.isOn()) t("on");
    }
}
