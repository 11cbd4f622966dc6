package default_in_the_middle

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	switch client.String(nil, "new-nav", "red", openfeature.EvaluationContext{}) {
	case "red":
		t("red")
	default:
		t("other")
	case "blue", "yellow":
		t("blue")
	}
	t("end")
}
