package WrapperAsValue;

import static trace.Trace.t;

public class Case {
    private static boolean isNew(int x) {
        return true;
    }

    static void run() {
        java.util.stream.IntStream.of(1, 2).filter(Case::isNew).forEach(x -> t("kept " + x));
        t("new");
    }
}
