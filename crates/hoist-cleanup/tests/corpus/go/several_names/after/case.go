package several_names

import (
	"example.com/corpus/trace"
)

var t = trace.T

func x() int { t("x"); return 3 }

func Run() {
	n := x()
	if n > 2 {
		t("new")
	}
}
