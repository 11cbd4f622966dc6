package comparison

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("blue")
	t("not red")
	t("blue")
}
