package operators

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func y() bool { return false }

func f(x int) {
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) && x > 1 {
		t("and")
	}
	if x > 1 && client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("right")
	}
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) || y() {
		t("or")
	}
	if !(client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) && (x > 1 || y())) {
		t("not")
	}
	both := x > 1 && client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	if both {
		t("both")
	}
}

func Run() {
	f(0)
	f(2)
}
