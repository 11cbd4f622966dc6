package if_off

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("start")

	t("end")
}
