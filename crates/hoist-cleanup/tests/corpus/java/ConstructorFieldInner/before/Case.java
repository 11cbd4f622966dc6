package ConstructorFieldInner;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private boolean on;

    Case() {
        Helper helper = new Helper();
        helper.go();
        this.on = client.getBooleanValue("new-nav", false);
    }

    class Helper {
        void go() {
            t(on ? "on" : "not yet");
        }
    }

    static void run() {
        if (new Case().on) t("on");
    }
}
