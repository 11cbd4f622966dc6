package unused_context

import (
	"context"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	c := context.Background()
	if client.Boolean(c, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	}
}
