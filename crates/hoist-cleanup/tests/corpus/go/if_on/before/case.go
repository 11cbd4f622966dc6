package if_on

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	// The new navigation.
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		// Inside.
		t("new")
		t(`text
  with lines`)
	} else {
		t("old")
	}
	t("end")
}
