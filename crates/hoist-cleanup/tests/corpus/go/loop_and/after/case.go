package loop_and

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	n := 0
	for n < 2 {
		n++
		t("loop")
	}
}
