package side_effect_argument

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func def() bool { t("default"); return false }

func Run() {
	if client.Boolean(nil, "new-nav", def(), openfeature.EvaluationContext{}) {
		t("new")
	}
}
