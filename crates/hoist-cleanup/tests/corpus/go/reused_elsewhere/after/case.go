package reused_elsewhere

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func save() error {
	t("save")
	return nil
}

func Run() {
	on, err := client.BooleanValue(nil, "new-nav", false, openfeature.EvaluationContext{})
	if err != nil {
		t("failed")
	}
	if on {
		err = save()
	}
	if err != nil {
		t("not saved")
	}
}
