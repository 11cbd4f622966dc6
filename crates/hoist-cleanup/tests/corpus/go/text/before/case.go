package text

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	t("the flag new-nav is on")
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	}
}
