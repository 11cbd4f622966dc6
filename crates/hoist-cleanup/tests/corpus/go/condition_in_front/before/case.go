package condition_in_front

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(x int) {
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	} else if x > 1 {
		t("many")
	} else {
		t("few")
	}
}

func Run() {
	f(0)
	f(2)
}
