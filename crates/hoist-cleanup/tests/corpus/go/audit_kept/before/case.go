package audit_kept

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func audit() bool { t("audit"); return true }

func Run() {
	if audit() && client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
		t("new")
	} else {
		t("old")
	}
}
