package subscription

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

type details struct{ FlagChanges []string }

func changed(d details) {
	for _, key := range d.FlagChanges {
		if key == "new-nav" {
			t("changed")
		}
	}
}

func Run() {
	changed(details{FlagChanges: []string{"new-nav"}})
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	}
}
