package NegativeCast;

import static trace.Trace.t;

import java.util.ArrayList;
import java.util.List;

final class Case {
    static void run() {
        List<Integer> list = new ArrayList<>(List.of(1, -3, 4));
        list.remove((Integer) (-3));
        t("" + list + (Object) (-3) + (long) (-3));
    }
}
