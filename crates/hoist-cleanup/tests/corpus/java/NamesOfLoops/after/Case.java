package NamesOfLoops;

import static trace.Trace.t;

public class Case {
    static void run() {
        {
            t("on");
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
