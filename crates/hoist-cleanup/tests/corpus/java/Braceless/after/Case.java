package Braceless;

import static trace.Trace.t;

public class Case {
    static void f(int x) {
        if (x > 1) {}
        for (int i = 0; i < 2; i++) {}
        t("end");
    }

    static void run() {
        f(2);
    }
}
