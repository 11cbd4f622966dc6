package CheckedOperands;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        try {
            Object kind = on ? Class.forName("java.lang.String") : String.class;
            t(kind.toString());
        } catch (ClassNotFoundException error) {
            t("none");
        }
        try {
            if (on && Class.forName("java.lang.String") != null) {
                t("there");
            }
        } catch (ClassNotFoundException error) {
            t("none");
        }
        try {
            t(!on || Class.forName("java.lang.String") != null ? "yes" : "no");
        } catch (ClassNotFoundException error) {
            t("none");
        }
        t(on ? name("on") : name("off"));
    }

    static String name(String text) {
        return text.trim();
    }
}
