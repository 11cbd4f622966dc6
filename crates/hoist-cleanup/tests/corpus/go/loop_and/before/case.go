package loop_and

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	n := 0
	for client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) && n < 2 {
		n++
		t("loop")
	}
}
