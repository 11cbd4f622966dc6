package DetailsEscape;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void show(Object details) {
        t(details.toString());
    }

    static void run() {
        var details = client.getBooleanDetails("new-nav", false);
        show(details);
        if (details.getValue()) t("new");
    }
}
