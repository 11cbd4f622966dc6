package unreachable

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f() string {
	t("new")
	return "1"
}

func Run() {
	t(f())
}
