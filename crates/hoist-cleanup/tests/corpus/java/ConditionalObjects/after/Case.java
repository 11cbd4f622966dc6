package ConditionalObjects;

import static trace.Trace.t;

public class Case {
    static void print(Object any) {
        t("any " + any);
    }

    static void print(String text) {
        t("text " + text);
    }

    static CharSequence given(boolean on) {
        return "x";
    }

    static void run() {
        Object other = Integer.valueOf(2);
        print(true ? null : other);
        print(true ? "x" : 1);
        print("x");
        var text = true ? "x" : other;
        text = other;
        Object declared = "x";
        other = null;
        t("" + text + declared + other + given(true));
    }
}
