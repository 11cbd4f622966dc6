package unreachable

import (
	"strings"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func legacy() string { return strings.ToUpper("legacy") }

func f() string {
	if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
		return "1"
	}
	t(legacy())
	return "2"
}

func Run() {
	t(f())
}
