package panic_unreachable

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f() {
	defer func() { recover(); t("recovered") }()
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		panic("gone")
	}
	t("cleanup")
}

func Run() {
	f()
}
