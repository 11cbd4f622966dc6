package else_if_last_never

import (
	"example.com/corpus/trace"
)

var t = trace.T

func p() bool { return true }

func Run() {
	if p() {
		t("a")
	}
}
