package init_uses_value

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	if on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}); on {
		t("new")
	} else {
		t("old")
	}
}
