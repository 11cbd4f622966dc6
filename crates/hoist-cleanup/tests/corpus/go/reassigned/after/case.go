package reassigned

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f(q bool) {
	on := true
	if q {
		on = false
	}
	if on {
		t("on")
	} else {
		t("off")
	}
}

func Run() {
	f(true)
	f(false)
}
