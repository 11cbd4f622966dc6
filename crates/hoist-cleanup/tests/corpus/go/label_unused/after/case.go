package label_unused

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
outer:
	for _, a := range []string{"a", "b"} {
		for _, b := range []string{"c", "d"} {
			t(a + b)
			if false {
				continue outer
			}
		}
	}
}
