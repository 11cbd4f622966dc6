package NegativeCast;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.util.ArrayList;
import java.util.List;

final class Case {
    private static final Client CLIENT = OpenFeatureAPI.getInstance().getClient();

    static void run() {
        int number = CLIENT.getIntegerValue("new-nav", 0);
        List<Integer> list = new ArrayList<>(List.of(1, -3, 4));
        list.remove((Integer) number);
        t("" + list + (Object) number + (long) number);
    }
}
