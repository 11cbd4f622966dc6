package closure_parameter

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	g := func(on bool) {
		if on {
			t("g")
		}
	}
	g(false)
	g(on)
}
