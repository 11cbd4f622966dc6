package Promotion;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static double ratio() {
        return 0.5;
    }

    static int count() {
        return 3;
    }

    static double declared(boolean on) {
        return client.getBooleanValue("new-nav", false) ? 1 : 2.5;
    }

    static String name(int n) {
        return "n" + n;
    }

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        t("" + (on ? 1 : 2.0) / 2);
        t("" + (on ? 2000000000 : 2L) * 2);
        Object boxed = on ? 1 : 2.0;
        t(boxed.getClass().getSimpleName());
        t("" + (on ? 'a' : count()));
        t("" + (on ? count() : ratio()) / 2);
        double wide = on ? 1 : ratio();
        int same = on ? count() : -1;
        t("" + wide + same + (on ? count() + 1 : count()) + declared(on));
        t(on ? name(1) : "old");
        t((on ? name(2) : name(3)).trim());
        Integer none = on ? null : Integer.valueOf(1);
        t("" + none + (on ? "x" : same));
        if (on ? same > 1 : none > 1) {
            t("more");
        }
    }
}
