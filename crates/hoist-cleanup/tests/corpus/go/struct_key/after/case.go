package struct_key

import (
	"example.com/corpus/trace"
)

var t = trace.T

type Opts struct{ on bool }

func Run() {
	o := Opts{on: true}
	if o.on {
		t("new")
	}
}
