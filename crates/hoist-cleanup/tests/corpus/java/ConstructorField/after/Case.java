package ConstructorField;

import static trace.Trace.t;

public class Case {
    private final int size;

    Case(int size) {
        this.size = size;
    }

    void shows() {
        t("new " + size);
    }

    static void run() {
        new Case(2).shows();
    }
}
