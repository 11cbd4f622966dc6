package dev.openfeature.sdk;

/** Answers every evaluation of `new-nav` with the value that the driver froze it at. */
public final class Client {
    public static Object frozen;

    @SuppressWarnings("unchecked")
    private static <T> T value(String key, T fallback) {
        return key.equals("new-nav") ? (T) frozen : fallback;
    }

    public Boolean getBooleanValue(String key, Boolean fallback) {
        return value(key, fallback);
    }

    public String getStringValue(String key, String fallback) {
        return value(key, fallback);
    }

    public Integer getIntegerValue(String key, Integer fallback) {
        return Math.toIntExact(value(key, fallback.longValue()));
    }

    public Long getLongValue(String key, Long fallback) {
        return value(key, fallback);
    }

    public Double getDoubleValue(String key, Double fallback) {
        return key.equals("new-nav") ? Double.valueOf(((Number) frozen).doubleValue()) : fallback;
    }

    public Details getBooleanDetails(String key, Boolean fallback) {
        return new Details(value(key, fallback));
    }

    public record Details(Boolean value) {
        public Boolean getValue() {
            return value;
        }
    }
}
