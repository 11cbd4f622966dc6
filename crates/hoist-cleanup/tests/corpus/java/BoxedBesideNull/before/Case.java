package BoxedBesideNull;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static Boolean missing() {
        return null;
    }

    static void tried(Runnable part) {
        try {
            part.run();
        } catch (NullPointerException error) {
            t("missing");
        }
    }

    static void run() {
        boolean first = t("").isEmpty();
        tried(() -> {
            Boolean either = first ? missing() : client.getBooleanValue("new-nav", false);
            t("either " + either);
        });
        tried(() -> {
            boolean on = client.getBooleanValue("new-nav", false);
            Boolean both = on && missing();
            t("both " + both);
        });
        tried(() -> {
            boolean on = client.getBooleanValue("new-nav", false);
            boolean both = on && missing();
            t("both " + both);
        });
        tried(() -> {
            boolean on = client.getBooleanValue("new-nav", false);
            Object same = on == missing();
            t("same " + same);
        });
    }

    static String t(String text) {
        if (!text.isEmpty()) trace.Trace.t(text);
        return text;
    }
}
