package else_if_taken

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) {
	if x == 1 {
		t("one")
	} else {
		t("new")
	}
}

func Run() {
	f(1)
	f(2)
}
