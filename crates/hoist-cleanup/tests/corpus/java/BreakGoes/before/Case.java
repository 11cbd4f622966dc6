package BreakGoes;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static int plain() {
        boolean on = client.getBooleanValue("new-nav", false);
        int n = 0;
        while (true) {
            if (!on) {
                break;
            }
            if (++n > 2) {
                return n;
            }
        }
        return 5;
    }

    static int counting() {
        for (int n = 0; ; n++) {
            if (!client.getBooleanValue("new-nav", false)) break;
            if (n > 2) {
                return n;
            }
        }
        return 5;
    }

    static int labelled() {
        outer:
        while (true) {
            for (;;) {
                if (!client.getBooleanValue("new-nav", false)) {
                    break outer;
                }
                return 1;
            }
        }
        return 2;
    }

    static int behind(int x) {
        while (true) {
            if (client.getBooleanValue("new-nav", false)) {
                return x;
            }
            break;
        }
        return 6;
    }

    static int choice(int x) {
        switch (x) {
            case 1:
                if (!client.getBooleanValue("new-nav", false)) {
                    break;
                }
                return 10;
            default:
                return 11;
        }
        return 9;
    }

    static int stays(int x) {
        while (true) {
            if (client.getBooleanValue("new-nav", false)) {
                x++;
            }
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
