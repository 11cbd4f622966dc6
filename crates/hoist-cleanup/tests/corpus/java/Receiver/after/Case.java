package Receiver;

import static trace.Trace.t;

public class Case {
    static class Settings {
        boolean getBooleanValue(String key, boolean fallback) {
            return key.equals("new-nav");
        }
    }

    static void run() {
        Settings settings = new Settings();
        if (settings.getBooleanValue("new-nav", false)) t("settings");
        t("new");
    }
}
