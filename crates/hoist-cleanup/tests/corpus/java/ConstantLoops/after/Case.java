package ConstantLoops;

import static trace.Trace.t;

public class Case {
    private static final Boolean UNUSED = true;

    static int left() {
        int rounds = 0;
        while (true) {
            if (rounds++ > 3) break;
        }
        return rounds;
    }

    static int asked() {
        int rounds = 0;
        while (true) {
            if (rounds++ > 3) return rounds;
        }
    }

    static int never() {
        return 1;
    }

    static void run() {
        t("" + left() + asked() + never());
    }
}
