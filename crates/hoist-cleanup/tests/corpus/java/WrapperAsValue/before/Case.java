package WrapperAsValue;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    private static boolean isNew(int x) {
        return client.getBooleanValue("new-nav", false);
    }

    static void run() {
        java.util.stream.IntStream.of(1, 2).filter(Case::isNew).forEach(x -> t("kept " + x));
        if (isNew(1)) t("new");
    }
}
