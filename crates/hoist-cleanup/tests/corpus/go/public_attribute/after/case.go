package public_attribute

import (
	"example.com/corpus/trace"
)

var t = trace.T

type nav struct{ On bool }

func Run() {
	n := &nav{}
	n.On = true
	if n.On {
		t("new")
	}
}
