package wrapper

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

const newNav = "new-nav"

func isNew() bool {
	return client.Boolean(nil, newNav, false, openfeature.EvaluationContext{})
}

func Run() {
	if isNew() {
		t("new")
	} else {
		t("old")
	}
}
