package Lambda;

import static trace.Trace.t;

public class Case {
    static void run() {
        java.util.function.BooleanSupplier ask = () -> true;
        if (ask.getAsBoolean()) t("asked");
        java.util.List.of(1, 2).stream().filter(x -> true).forEach(x -> t("kept " + x));
    }
}
