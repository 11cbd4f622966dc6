package else_if_taken

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(x int) {
	if x == 1 {
		t("one")
	} else if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	} else if x == 2 {
		t("two")
	} else {
		t("old")
	}
}

func Run() {
	f(1)
	f(2)
}
