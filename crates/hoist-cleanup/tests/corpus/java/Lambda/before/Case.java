package Lambda;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        java.util.function.BooleanSupplier ask = () -> client.getBooleanValue("new-nav", false);
        if (ask.getAsBoolean()) t("asked");
        java.util.List.of(1, 2).stream().filter(x -> client.getBooleanValue("new-nav", false)).forEach(x -> t("kept " + x));
    }
}
