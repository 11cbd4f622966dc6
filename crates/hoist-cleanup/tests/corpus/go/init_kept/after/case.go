package init_kept

import (
	"example.com/corpus/trace"
)

var t = trace.T

func g() string { t("g"); return "x" }

func Run() {
	{
		x := g()
		t(x)
	}
	x := "outer"
	t(x)
}
