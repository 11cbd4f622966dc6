package continue_unreachable

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	for _, name := range []string{"a", "b"} {
		t(name)
		if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
			continue
		}
		t("work")
	}
	t("end")
}
