package DeclaredOtherwise;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private static double half() {
        return client.getIntegerValue("new-nav", 1);
    }

    static void run() {
        double ratio = client.getIntegerValue("new-nav", 1);
        long large = client.getIntegerValue("new-nav", 1);
        Object any = client.getIntegerValue("new-nav", 1);
        int whole = client.getIntegerValue("new-nav", 1);
        t("" + ratio / 2 + large * 2000000000 + half() / 2);
        t(any.toString() + whole / 2);
    }
}
