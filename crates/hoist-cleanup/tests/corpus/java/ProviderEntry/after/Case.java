package ProviderEntry;

import static trace.Trace.t;

import java.util.Map;

public class Case {
    private record Flag(String variant) {
        static Flag builder() {
            return new Flag("");
        }

        Flag variant(String name, Object value) {
            return this;
        }

        Flag defaultVariant(String name) {
            return new Flag(name);
        }

        Flag build() {
            return this;
        }
    }

    static void run() {
        Map<String, Flag> flags = Map.of(
            "other", Flag.builder().variant("on", true).defaultVariant("on").build()
        );
        t(flags.get("other").variant());
        t("new");
    }
}
