package pointer

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func set(p *bool) { *p = false }

func Run() {
	on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	set(&on)
	if on {
		t("on")
	} else {
		t("off")
	}
}
