package mock_parts

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	if true {
		t("true")
	}
	for false {
		t("never")
	}
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	}
}
