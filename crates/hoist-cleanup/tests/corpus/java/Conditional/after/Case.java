package Conditional;

import static trace.Trace.t;

public class Case {
    static void run() {
        String label = "new";
        t(label);
    }
}
