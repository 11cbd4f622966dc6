package error_escapes

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func log(err error) {
	if err == nil {
		t("nil")
	}
}

func Run() {
	on, err := client.BooleanValue(nil, "new-nav", false, openfeature.EvaluationContext{})
	log(err)
	if on {
		t("new")
	}
}
