package cases_on

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) {
	switch {
	case x == 1:
		t("one")
	default:
		t("new")
	}
}

func Run() {
	f(1)
	f(2)
	f(3)
}
