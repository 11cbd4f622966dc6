package label_behind_return

import (
	"fmt"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f(x int) int {
	for {
		if x == 0 {
			goto done
		}
		if client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{}) {
			return 1
		}
		t("old")
	done:
		break
	}
	t("after")
	return 2
}

func Run() {
	t(fmt.Sprint(f(0), f(1)))
}
