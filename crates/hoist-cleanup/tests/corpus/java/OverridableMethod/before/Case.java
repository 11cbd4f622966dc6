package OverridableMethod;

import static trace.Trace.t;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.OpenFeatureAPI;

public class Case {
    private static final Client client = OpenFeatureAPI.getInstance().getClient();

    protected boolean isNew() {
        return client.getBooleanValue("new-nav", false);
    }

    void show() {
        if (isNew()) {
            t("new");
        }
    }

    static class Old extends Case {
        @Override
        protected boolean isNew() {
            return false;
        }
    }

    static void run() {
        new Case().show();
        new Old().show();
    }
}
