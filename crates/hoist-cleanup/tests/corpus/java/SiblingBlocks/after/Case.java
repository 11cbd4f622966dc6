package SiblingBlocks;

import static trace.Trace.t;

public class Case {
    static void run() {
        {
            t("a");
        }
        {
            boolean on = false;
            if (on) t("b");
            else t("c");
        }
    }
}
