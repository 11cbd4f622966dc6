package cases_off

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(x int) {
	switch {
	case client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}):
		t("new")
	case x == 2:
		t("two")
	default:
		t("old")
	}
}

func Run() {
	f(1)
	f(2)
}
