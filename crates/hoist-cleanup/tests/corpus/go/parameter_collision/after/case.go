package parameter_collision

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x string) {
	{
		x := x + "1"
		t(x)
	}
	t(x)
}

func Run() {
	f("p")
}
