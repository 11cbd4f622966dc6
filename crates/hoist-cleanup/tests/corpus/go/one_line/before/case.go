package one_line

import (
	"context"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

// Run does what the case is about.
func Run() {
	on := client.Boolean(context.Background(), "new-nav", false, openfeature.EvaluationContext{})
	trace.T("first"); if !on { trace.T("off") }; trace.T("last")
}
