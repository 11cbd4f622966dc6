package faulty_function

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var context = openfeature.EvaluationContext{}

var t = trace.T

func first() {
	if client.Boolean(nil, "new-nav", false, context) {
		t("first")
	} else {
		t("old")
	}
}

func second() {
	on := client.Boolean(nil, "new-nav", false, context)
	var a, b = "a", "b"
	if on {
		t(a)
	} else {
		t(b)
	}
}

func third() {
	if !client.Boolean(nil, "new-nav", false, context) {
		return
	}
	t("third")
}

func Run() {
	first()
	second()
	third()
}
