package Receiver;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static class Settings {
        boolean getBooleanValue(String key, boolean fallback) {
            return key.equals("new-nav");
        }
    }

    static void run() {
        Settings settings = new Settings();
        if (settings.getBooleanValue("new-nav", false)) t("settings");
        if (client.getBooleanValue("new-nav", false)) t("new");
    }
}
