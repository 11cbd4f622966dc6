package deferred

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f() {
	defer t("deferred")
	t("new")
	t("end")
}

func Run() {
	f()
}
