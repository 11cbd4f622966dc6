package key_constant

import (
	"example.com/corpus/trace"
)

var t = trace.T

const (
	other = "other"
)

func Run() {
	t(other)
}
