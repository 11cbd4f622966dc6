package else_if_last_never

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func p() bool { return true }

func Run() {
	if p() {
		t("a")
	} else if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("b")
	}
}
