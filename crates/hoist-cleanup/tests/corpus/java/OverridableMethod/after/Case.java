package OverridableMethod;

import static trace.Trace.t;

public class Case {
    protected boolean isNew() {
        return true;
    }

    void show() {
        if (isNew()) {
            t("new");
        }
    }

    static class Old extends Case {
        @Override
        protected boolean isNew() {
            return false;
        }
    }

    static void run() {
        new Case().show();
        new Old().show();
    }
}
