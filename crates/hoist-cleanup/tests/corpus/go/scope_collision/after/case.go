package scope_collision

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	{
		x := "1"
		t(x)
	}
	x := "2"
	t(x)
}
