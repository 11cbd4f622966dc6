package for_off

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	on := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	for i := 0; on && i < 3; i++ {
		t("loop")
	}
	for i := 0; i < 2 || on; i++ {
		t("kept")
	}
	t("end")
}
