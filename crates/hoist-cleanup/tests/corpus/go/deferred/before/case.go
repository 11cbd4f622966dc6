package deferred

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f() {
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		defer t("deferred")
		t("new")
	}
	t("end")
}

func Run() {
	f()
}
