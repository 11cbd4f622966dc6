package comparison

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	color := client.String(nil, "new-nav", "red", openfeature.EvaluationContext{})
	if color == "blue" {
		t("blue")
	}
	if "red" == color {
		t("red")
	}
	if color != "red" {
		t("not red")
	}
	t(color)
}
