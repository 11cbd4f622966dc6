import dev.openfeature.sdk.Client;
import trace.Trace;

/** Runs the cases named by the arguments, `Name=value`, and prints what each did on one line. */
public final class Run {
    public static void main(String[] arguments) throws Exception {
        for (String argument : arguments) {
            String name = argument.substring(0, argument.indexOf('='));
            String value = argument.substring(argument.indexOf('=') + 1);
            Client.frozen = value.startsWith("\"") ? value.substring(1, value.length() - 1)
                : value.equals("true") || value.equals("false") ? (Object) Boolean.valueOf(value)
                : value.contains(".") ? (Object) Double.valueOf(value)
                : (Object) Long.valueOf(value);
            Trace.TRACED.clear();
            try {
                var run = Class.forName(name + ".Case").getDeclaredMethod("run");
                run.setAccessible(true);
                run.invoke(null);
            } catch (java.lang.reflect.InvocationTargetException error) {
                Trace.t("threw " + error.getCause());
            }
            System.out.println(name + " " + String.join("|", Trace.TRACED));
        }
    }
}
