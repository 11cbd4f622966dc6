package chain_with_declaration

import (
	"example.com/corpus/trace"
)

var t = trace.T

func find() (string, error) { return "found", nil }

func choose() string {
	if v, _ := find(); false {
		return v
	} else if true {
		return "new"
	}
	return "none"
}

func Run() {
	t(choose())
}
