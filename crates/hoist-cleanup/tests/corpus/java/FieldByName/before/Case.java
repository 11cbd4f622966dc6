package FieldByName;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private final boolean on = client.getBooleanValue("new-nav", false);

    static void run() {
        try {
            t(Case.class.getDeclaredField("on").getName());
        } catch (NoSuchFieldException missing) {
            t("missing");
        }
        if (new Case().on) t("on");
    }
}
