package equals

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) {
	if (x > 1) {
		t("same")
	}
	if !(x > 1) {
		t("other")
	}
}

func Run() {
	f(2)
	f(0)
}
