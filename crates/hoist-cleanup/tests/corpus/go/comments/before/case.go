package comments

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	// Shows the navigation.
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		// The new one.
		t("new") // as it is

		t(`more
	than one line`)
	} else {
		// The old one.
		t("old")
	}
	// The end.
	t("end")
}
