package var_declaration

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func Run() {
	var on bool = client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	if on {
		t("new")
	} else {
		t("old")
	}
}
