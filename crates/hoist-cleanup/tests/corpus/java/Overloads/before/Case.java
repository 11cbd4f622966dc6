package Overloads;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.util.ArrayList;
import java.util.List;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static List<Integer> without(List<Integer> from) {
        from.remove(client.getIntegerValue("new-nav", 0));
        return from;
    }

    static void print(Object value) {
        t("object " + value);
    }

    static void print(int value) {
        t("int " + value);
    }

    static void print(long value) {
        t("long " + value);
    }

    static void run() {
        t(without(new ArrayList<>(List.of(5, 1, 2, 9))).toString());
        print(client.getIntegerValue("new-nav", 0));
        var boxed = client.getIntegerValue("new-nav", 0);
        print(boxed);
        int plain = client.getIntegerValue("new-nav", 0);
        print(plain);
        long wide = client.getIntegerValue("new-nav", 0);
        print(wide * 2_000_000_000);
        print(client.getIntegerValue("new-nav", 0).longValue() * 2_000_000_000);
        boolean later = wide > 1;
        t("" + (later ? (int) (char) 65 : plain));
        char letter = (later ? (char) 65 : plain) > 64 ? (char) 66 : (char) 67;
        t("" + letter);
        System.out.print("");
        t("" + (later ? letter : plain));
    }
}
