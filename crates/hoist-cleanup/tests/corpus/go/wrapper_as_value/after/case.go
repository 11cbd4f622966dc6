package wrapper_as_value

import (
	"example.com/corpus/trace"
)

var t = trace.T

func isNew(string) bool {
	return true
}

func Run() {
	for _, f := range []func(string) bool{isNew} {
		if f("x") {
			t("new")
		}
	}
}
