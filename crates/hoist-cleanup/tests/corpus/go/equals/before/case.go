package equals

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(x int) {
	if (x > 1) == client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("same")
	}
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) != (x > 1) {
		t("other")
	}
}

func Run() {
	f(2)
	f(0)
}
