package condition_in_front

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) {
	if x > 1 {
		t("many")
	} else {
		t("few")
	}
}

func Run() {
	f(0)
	f(2)
}
