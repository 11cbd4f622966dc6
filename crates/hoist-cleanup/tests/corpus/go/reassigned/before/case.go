package reassigned

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(q bool) {
	on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	if q {
		on = false
	}
	if on {
		t("on")
	} else {
		t("off")
	}
}

func Run() {
	f(true)
	f(false)
}
