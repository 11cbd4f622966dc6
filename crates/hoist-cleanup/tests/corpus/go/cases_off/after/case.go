package cases_off

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) {
	switch {
	case x == 2:
		t("two")
	default:
		t("old")
	}
}

func Run() {
	f(1)
	f(2)
}
