package PublicKeyConstant;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    public static final String KEY = "new-nav";

    static void run() {
        if (client.getBooleanValue(KEY, false)) t("new");
    }
}
