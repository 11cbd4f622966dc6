package loop_on

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f() string {
	n := 0
	for client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		n++
		if n > 2 {
			return "left"
		}
	}
	return "never"
}

func Run() {
	t(f())
}
