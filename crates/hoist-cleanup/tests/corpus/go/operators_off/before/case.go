package operators_off

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func never() bool {
	t("called")
	return true
}

func f(x int) {
	on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	if on && never() {
		t("and")
	}
	if on || x > 1 {
		t("or")
	}
	if x > 1 || on {
		t("right")
	}
	if x > 1 && on {
		t("never")
	}
	if !on || never() {
		t("not")
	}
}

func Run() {
	f(2)
	f(0)
}
