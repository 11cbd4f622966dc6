package provider_entry

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

type inMemoryFlag struct {
	DefaultVariant string
	Variants       map[string]any
}

var flags = map[string]inMemoryFlag{
	"new-nav": {
		DefaultVariant: "on",
		Variants:       map[string]any{"on": true, "off": false},
	},
	"other": {DefaultVariant: "on", Variants: map[string]any{"on": true}},
}

func Run() {
	t(flags["other"].DefaultVariant)
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	}
}
