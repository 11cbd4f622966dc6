package error_in_condition

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	if on, err := client.BooleanValue(nil, "new-nav", false, openfeature.EvaluationContext{}); err == nil && on {
		t("new")
	} else {
		t("old")
	}
}
