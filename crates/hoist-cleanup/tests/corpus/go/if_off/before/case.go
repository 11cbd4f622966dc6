package if_off

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	t("start")

	// Only with the new navigation.
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	}

	t("end")
}
