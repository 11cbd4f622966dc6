package loop_off

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	for client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("loop")
	}
	t("end")
}
