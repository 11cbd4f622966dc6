package switch_fallthrough

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	switch client.String(nil, "new-nav", "red", openfeature.EvaluationContext{}) {
	case "blue":
		t("blue")
		fallthrough
	default:
		t("other")
	}
}
