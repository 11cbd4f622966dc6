package Subscription;

import static trace.Trace.t;

import java.util.List;

public class Case {
    private static void changed(List<String> flagsChanged) {
        if (flagsChanged.contains("new-nav")) {
            t("changed");
        }
    }

    static void run() {
        changed(List.of("new-nav"));
        t("new");
    }
}
