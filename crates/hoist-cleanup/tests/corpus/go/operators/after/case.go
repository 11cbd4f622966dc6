package operators

import (
	"example.com/corpus/trace"
)

var t = trace.T

func y() bool { return false }

func f(x int) {
	if x > 1 {
		t("and")
	}
	if x > 1 {
		t("right")
	}
	t("or")
	if !(x > 1 || y()) {
		t("not")
	}
	both := x > 1
	if both {
		t("both")
	}
}

func Run() {
	f(0)
	f(2)
}
