package closure_parameter

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	g := func(on bool) {
		if on {
			t("g")
		}
	}
	g(false)
	g(true)
}
