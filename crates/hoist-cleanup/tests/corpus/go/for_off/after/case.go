package for_off

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	for i := 0; i < 2; i++ {
		t("kept")
	}
	t("end")
}
