package NamesOfLoops;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        {
            boolean on = client.getBooleanValue("new-nav", false);
            t(on ? "on" : "off");
        }
        for (String on : new String[] {"a"}) t(on);
        try {
            throw new IllegalStateException("x");
        } catch (IllegalStateException on) {
            t(on.getMessage());
        }
        java.util.List.of("b").forEach(on -> t(on));
        on:
        while (true) {
            break on;
        }
    }
}
