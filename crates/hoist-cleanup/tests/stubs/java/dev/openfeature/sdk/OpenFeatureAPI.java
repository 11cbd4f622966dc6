package dev.openfeature.sdk;

public final class OpenFeatureAPI {
    public static OpenFeatureAPI getInstance() {
        return new OpenFeatureAPI();
    }

    public Client getClient() {
        return new Client();
    }
}
