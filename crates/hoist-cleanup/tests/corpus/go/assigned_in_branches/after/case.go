package assigned_in_branches

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	var x string
	x = "new"
	t(x)
}
