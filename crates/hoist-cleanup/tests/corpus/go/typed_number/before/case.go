package typed_number

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func double(n int64) int64 { return n * 2 }

func Run() {
	n := client.Int(nil, "new-nav", 1, openfeature.EvaluationContext{})
	if double(n) == 6 {
		t("six")
	}
	if n > 2 {
		t("more")
	}
}
