package struct_key

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

type Opts struct{ on bool }

func Run() {
	on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	o := Opts{on: on}
	if o.on {
		t("new")
	}
}
