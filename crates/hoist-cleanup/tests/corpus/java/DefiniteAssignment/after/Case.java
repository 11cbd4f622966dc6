package DefiniteAssignment;

import static trace.Trace.t;

public class Case {
    static void run() {
        final String x;
        x = "new";
        t(x);
    }
}
