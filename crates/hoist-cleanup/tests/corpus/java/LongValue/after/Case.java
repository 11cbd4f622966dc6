package LongValue;

import static trace.Trace.t;

public class Case {
    static void run() {
        Long n = 3L;
        t(n.toString());
        if (n == 3L) t("three");
    }
}
