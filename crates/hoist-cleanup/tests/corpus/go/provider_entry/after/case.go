package provider_entry

import (
	"example.com/corpus/trace"
)

var t = trace.T

type inMemoryFlag struct {
	DefaultVariant string
	Variants       map[string]any
}

var flags = map[string]inMemoryFlag{
	"other": {DefaultVariant: "on", Variants: map[string]any{"on": true}},
}

func Run() {
	t(flags["other"].DefaultVariant)
	t("new")
}
