package guard

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("new")
}
