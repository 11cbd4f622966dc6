package select_leaves

import (
	"context"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

func wait(ctx context.Context) string {
	on := client.Boolean(ctx, "new-nav", false, openfeature.EvaluationContext{})
	names := make(chan string, 1)
	names <- "name"
	select {
	case name := <-names:
		return name
	case <-ctx.Done():
		if on {
			return "cancelled"
		}
	}
	return "end"
}

// Run does what the case is about.
func Run() {
	trace.T(wait(context.Background()))
}
