package faulty_function

import (
	"example.com/corpus/trace"
)

var t = trace.T

func first() {
	t("first")
}

func second() {
	on := true
	var a, b = "a", "b"
	if on {
		t(a)
	} else {
		t(b)
	}
}

func third() {
	t("third")
}

func Run() {
	first()
	second()
	third()
}
