package operators_off

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) {
	if x > 1 {
		t("or")
	}
	if x > 1 {
		t("right")
	}
	t("not")
}

func Run() {
	f(2)
	f(0)
}
