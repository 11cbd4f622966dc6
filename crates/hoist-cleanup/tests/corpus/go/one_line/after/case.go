package one_line

import (
	"example.com/corpus/trace"
)

// Run does what the case is about.
func Run() {
	trace.T("first"); trace.T("last")
}
