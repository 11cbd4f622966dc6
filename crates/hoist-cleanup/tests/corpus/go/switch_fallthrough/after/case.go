package switch_fallthrough

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	switch "blue" {
	case "blue":
		t("blue")
		fallthrough
	default:
		t("other")
	}
}
