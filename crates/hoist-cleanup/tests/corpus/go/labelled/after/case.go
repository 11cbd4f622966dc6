package labelled

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
outer:
	for i := 0; i < 3; i++ {
		for {
			continue outer
		}
	}
	t("end")
}
