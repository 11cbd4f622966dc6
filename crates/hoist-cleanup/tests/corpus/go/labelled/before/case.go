package labelled

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
outer:
	for i := 0; i < 3; i++ {
		for {
			if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
				continue outer
			}
			break outer
		}
	}
	t("end")
}
