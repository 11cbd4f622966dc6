package public_attribute

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

type nav struct{ On bool }

func Run() {
	n := &nav{}
	n.On = client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	if n.On {
		t("new")
	}
}
