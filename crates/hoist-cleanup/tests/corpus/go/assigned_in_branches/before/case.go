package assigned_in_branches

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	var x string
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		x = "new"
	} else {
		x = "old"
	}
	t(x)
}
