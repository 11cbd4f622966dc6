package scope_collision

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		x := "1"
		t(x)
	}
	x := "2"
	t(x)
}
