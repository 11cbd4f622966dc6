package CheckedOperands;

import static trace.Trace.t;

public class Case {
    static void run() {
        try {
            Object kind = false ? Class.forName("java.lang.String") : String.class;
            t(kind.toString());
        } catch (ClassNotFoundException error) {
            t("none");
        }
        try {
            if (false && Class.forName("java.lang.String") != null) {
                t("there");
            }
        } catch (ClassNotFoundException error) {
            t("none");
        }
        try {
            t(true || Class.forName("java.lang.String") != null ? "yes" : "no");
        } catch (ClassNotFoundException error) {
            t("none");
        }
        t(name("off"));
    }

    static String name(String text) {
        return text.trim();
    }
}
