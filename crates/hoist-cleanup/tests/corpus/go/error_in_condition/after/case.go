package error_in_condition

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("new")
}
