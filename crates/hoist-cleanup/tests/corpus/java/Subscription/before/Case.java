package Subscription;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.util.List;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private static void changed(List<String> flagsChanged) {
        if (flagsChanged.contains("new-nav")) {
            t("changed");
        }
    }

    static void run() {
        changed(List.of("new-nav"));
        if (client.getBooleanValue("new-nav", false)) {
            t("new");
        }
    }
}
