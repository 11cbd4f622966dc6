package bare_call

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	_ = client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	t("end")
}
