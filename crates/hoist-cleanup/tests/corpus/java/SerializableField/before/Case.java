package SerializableField;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private static class Nav implements java.io.Serializable {
        private final boolean on;

        Nav() {
            this.on = client.getBooleanValue("new-nav", false);
        }
    }

    static void run() throws Exception {
        var bytes = new java.io.ByteArrayOutputStream();
        new java.io.ObjectOutputStream(bytes).writeObject(new Nav());
        t(new Nav().on ? "on" : "off");
    }
}
