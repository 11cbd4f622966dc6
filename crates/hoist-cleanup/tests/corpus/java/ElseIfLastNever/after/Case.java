package ElseIfLastNever;

import static trace.Trace.t;

public class Case {
    static boolean p() {
        return false;
    }

    static void run() {
        if (p()) {
            t("a");
        }
        t("end");
    }
}
