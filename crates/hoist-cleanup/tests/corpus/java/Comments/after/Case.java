package Comments;

import static trace.Trace.t;

public class Case {
    static void run() {
        // Shows the navigation.
        // The new one.
        t("new"); // as it is

        /* More
             * of it.
             */
        t("more");
        // The end.
        t("end");
    }
}
