package BreakGoes;

import static trace.Trace.t;

public class Case {
    static int plain() {
        int n = 0;
        while (true) {
            if (++n > 2) {
                return n;
            }
        }
    }

    static int counting() {
        for (int n = 0; ; n++) {
            if (n > 2) {
                return n;
            }
        }
    }

    static int labelled() {
        outer:
        while (true) {
            for (;;) {
                return 1;
            }
        }
    }

    static int behind(int x) {
        while (true) {
            return x;
        }
    }

    static int choice(int x) {
        switch (x) {
            case 1:
                return 10;
            default:
                return 11;
        }
    }

    static int stays(int x) {
        while (true) {
            x++;
            if (x > 3) {
                break;
            }
        }
        return x;
    }

    static void run() {
        t("" + plain() + counting() + labelled() + behind(3) + choice(1) + choice(2) + stays(0));
    }
}
