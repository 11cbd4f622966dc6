package bare_call

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("end")
}
