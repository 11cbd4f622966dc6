package label_unused

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
outer:
	for _, a := range []string{"a", "b"} {
		for _, b := range []string{"c", "d"} {
			t(a + b)
			if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
				continue outer
			}
		}
	}
}
