package trace;

import java.util.ArrayList;
import java.util.List;

public final class Trace {
    public static final List<String> TRACED = new ArrayList<>();

    public static void t(String text) {
        TRACED.add(text);
    }
}
