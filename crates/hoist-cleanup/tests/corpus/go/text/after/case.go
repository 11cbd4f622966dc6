package text

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("the flag new-nav is on")
	t("new")
}
