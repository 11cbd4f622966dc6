package literal_function

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	ask := func() bool { return client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) }
	if ask() {
		t("new")
	}
}
