package switch_arm

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
	case "blue", "green":
		t("cold")
		t("blue")
	default:
		t("other")
	}
	t("end")
}
