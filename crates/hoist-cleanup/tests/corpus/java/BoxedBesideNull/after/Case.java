package BoxedBesideNull;

public class Case {
    static Boolean missing() {
        return null;
    }

    static void tried(Runnable part) {
        try {
            part.run();
        } catch (NullPointerException error) {
            t("missing");
        }
    }

    static void run() {
        boolean first = t("").isEmpty();
        tried(() -> {
            Boolean either = first ? missing() : Boolean.TRUE;
            t("either " + either);
        });
        tried(() -> {
            Boolean both = true && missing();
            t("both " + both);
        });
        tried(() -> {
            boolean both = missing();
            t("both " + both);
        });
        tried(() -> {
            Object same = true == missing();
            t("same " + same);
        });
    }

    static String t(String text) {
        if (!text.isEmpty()) trace.Trace.t(text);
        return text;
    }
}
