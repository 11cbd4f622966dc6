package chain_with_declaration

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func find() (string, error) { return "found", nil }

func choose() string {
	flag := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	if v, err := find(); err == nil && !flag {
		return v
	} else if flag {
		return "new"
	}
	return "none"
}

func Run() {
	t(choose())
}
