package AssertTrue;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        assert client.getBooleanValue("new-nav", false);
        assert client.getBooleanValue("new-nav", false) : "off";
        t("end");
    }
}
