package ConditionalObjects;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void print(Object any) {
        t("any " + any);
    }

    static void print(String text) {
        t("text " + text);
    }

    static CharSequence given(boolean on) {
        return client.getBooleanValue("new-nav", false) ? "x" : new StringBuilder();
    }

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        Object other = Integer.valueOf(2);
        print(on ? null : other);
        print(on ? "x" : 1);
        print(on ? "x" : "y");
        var text = on ? "x" : other;
        text = other;
        Object declared = on ? "x" : 1;
        other = on ? null : "y";
        t("" + text + declared + other + given(on));
    }
}
