package loop_on

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f() string {
	n := 0
	for {
		n++
		if n > 2 {
			return "left"
		}
	}
}

func Run() {
	t(f())
}
