package LambdaBodies;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    static void apply(int value, Function<Integer, Integer> function) {
        t("gave " + function.apply(value));
    }

    static void apply(int value, Consumer<Integer> function) {
        function.accept(value);
    }

    static void start(Runnable part) {
        part.run();
    }

    static int one(int value) {
        t("one");
        return value;
    }

    static int two(int value) {
        t("two");
        return value + 1;
    }

    static void run() {
        boolean on = client.getBooleanValue("new-nav", false);
        apply(3, value -> on ? one(value) : two(value));
        start(() -> client.getBooleanValue("new-nav", false));
        t("" + Stream.of(1, 2).map(value -> on ? one(value) : two(value)).toList());
        t("" + Stream.of(1, 2).filter(value -> on && value > 1).toList());
    }
}
