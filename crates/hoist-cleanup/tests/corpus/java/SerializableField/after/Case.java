package SerializableField;

import static trace.Trace.t;

public class Case {
    private static class Nav implements java.io.Serializable {
        private final boolean on;

        Nav() {
            this.on = true;
        }
    }

    static void run() throws Exception {
        var bytes = new java.io.ByteArrayOutputStream();
        new java.io.ObjectOutputStream(bytes).writeObject(new Nav());
        t(new Nav().on ? "on" : "off");
    }
}
