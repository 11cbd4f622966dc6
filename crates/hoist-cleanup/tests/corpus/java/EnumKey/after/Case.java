package EnumKey;

import static trace.Trace.t;

public class Case {
    enum Flag {
        NEW_NAV("new-nav");

        private final String key;

        Flag(String key) {
            this.key = key;
        }

        String getKey() {
            return key;
        }
    }

    static void run() {
        t("new");
    }
}
