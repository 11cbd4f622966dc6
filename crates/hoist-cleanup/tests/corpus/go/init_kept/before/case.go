package init_kept

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func g() string { t("g"); return "x" }

func Run() {
	if x := g(); client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t(x)
	} else {
		t("old " + x)
	}
	x := "outer"
	t(x)
}
