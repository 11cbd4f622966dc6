package literal_function

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	ask := func() bool { return true }
	if ask() {
		t("new")
	}
}
