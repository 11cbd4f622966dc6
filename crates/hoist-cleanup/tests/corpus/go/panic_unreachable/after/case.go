package panic_unreachable

import (
	"example.com/corpus/trace"
)

var t = trace.T

func f() {
	defer func() { recover(); t("recovered") }()
	panic("gone")
}

func Run() {
	f()
}
