package select_leaves

import (
	"context"

	"example.com/corpus/trace"
)

func wait(ctx context.Context) string {
	names := make(chan string, 1)
	names <- "name"
	select {
	case name := <-names:
		return name
	case <-ctx.Done():
		return "cancelled"
	}
}

// Run does what the case is about.
func Run() {
	trace.T(wait(context.Background()))
}
