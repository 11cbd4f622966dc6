package Overloads;

import static trace.Trace.t;

import java.util.ArrayList;
import java.util.List;

public class Case {
    static List<Integer> without(List<Integer> from) {
        from.remove(Integer.valueOf(2));
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
        print(Integer.valueOf(2));
        print(Integer.valueOf(2));
        int plain = 2;
        print(plain);
        long wide = 2;
        print(wide * 2_000_000_000);
        print(2L * 2_000_000_000);
        boolean later = wide > 1;
        t("" + (later ? (int) (char) 65 : plain));
        char letter = (later ? (char) 65 : plain) > 64 ? (char) 66 : (char) 67;
        t("" + letter);
        System.out.print("");
        t("" + (later ? letter : plain));
    }
}
