package error_ignored

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	on, _ := client.BooleanValue(nil, "new-nav", false, openfeature.EvaluationContext{})
	if on {
		t("new")
	}
}
