package SwitchYield;

import static trace.Trace.t;

public class Case {
    static void run() {
        String name = "B";
        t(name);
    }
}
