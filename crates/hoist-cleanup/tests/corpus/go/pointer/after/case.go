package pointer

import (
	"example.com/corpus/trace"
)

var t = trace.T

func set(p *bool) { *p = false }

func Run() {
	on := true
	set(&on)
	if on {
		t("on")
	} else {
		t("off")
	}
}
