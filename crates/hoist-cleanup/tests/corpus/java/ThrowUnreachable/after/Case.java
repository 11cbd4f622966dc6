package ThrowUnreachable;

import static trace.Trace.t;

public class Case {
    static void f() {
        throw new IllegalStateException("gone");
    }

    static void run() {
        try {
            f();
        } catch (IllegalStateException e) {
            t(e.getMessage());
        }
    }
}
