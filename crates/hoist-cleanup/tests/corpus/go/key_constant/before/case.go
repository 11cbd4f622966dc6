package key_constant

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

const (
	key   = "new-nav"
	other = "other"
)

func Run() {
	if client.Boolean(nil, key, false, openfeature.EvaluationContext{}) {
		t(other)
	}
}
