package PublicAttribute;

import static trace.Trace.t;

public class Case {
    public boolean on;

    Case() {
        this.on = true;
    }

    static void run() {
        if (new Case().on) t("on");
    }
}
