package several_names

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func x() int { t("x"); return 3 }

func Run() {
	on, n := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}), x()
	if on && n > 2 {
		t("new")
	}
}
