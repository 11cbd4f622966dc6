package init_effect

import (
	"example.com/corpus/trace"
)

var t = trace.T

func g() string { t("g"); return "x" }

func Run() {
	g()
	t("end")
}
