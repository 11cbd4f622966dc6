package FieldAndParameter;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private final boolean on = client.getBooleanValue("new-nav", false);

    void g(boolean on) {
        if (on) t("g");
    }

    void h() {
        if (on) t("h");
        if (this.on) t("this");
    }

    static void run() {
        new Case().g(false);
        new Case().h();
    }
}
