package mock_parts

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	if true {
		t("true")
	}
	for false {
		t("never")
	}
	t("new")
}
