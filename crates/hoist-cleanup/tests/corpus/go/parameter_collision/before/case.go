package parameter_collision

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(x string) {
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		x := x + "1"
		t(x)
	}
	t(x)
}

func Run() {
	f("p")
}
