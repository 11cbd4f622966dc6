package Imports;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.util.ArrayList;
import java.util.List;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        if (client.getBooleanValue("new-nav", false)) {
            List<String> list = List.of("a");
            t(list.get(0));
        } else {
            t(new ArrayList<String>().toString());
        }
    }
}
