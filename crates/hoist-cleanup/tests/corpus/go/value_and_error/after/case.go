package value_and_error

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f() (string, error) {
	return "new", nil
}

func Run() {
	s, _ := f()
	t(s)
}
