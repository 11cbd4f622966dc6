package Imports;

import static trace.Trace.t;

import java.util.List;

public class Case {
    static void run() {
        List<String> list = List.of("a");
        t(list.get(0));
    }
}
