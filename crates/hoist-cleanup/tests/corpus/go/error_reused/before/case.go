package error_reused

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func save() error { t("save"); return nil }

func f() error {
	on, err := client.BooleanValue(nil, "new-nav", false, openfeature.EvaluationContext{})
	if err != nil {
		return err
	}
	if on {
		t("new")
	}
	err = save()
	return err
}

func Run() {
	if f() == nil {
		t("ok")
	}
}
