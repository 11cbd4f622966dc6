package wrapper_as_value

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func isNew(string) bool {
	return client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
}

func Run() {
	for _, f := range []func(string) bool{isNew} {
		if f("x") {
			t("new")
		}
	}
}
