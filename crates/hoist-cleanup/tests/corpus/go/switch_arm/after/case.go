package switch_arm

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("cold")
	t("blue")
	t("end")
}
