package PublicAttribute;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    public boolean on;

    Case() {
        this.on = client.getBooleanValue("new-nav", false);
    }

    static void run() {
        if (new Case().on) t("on");
    }
}
