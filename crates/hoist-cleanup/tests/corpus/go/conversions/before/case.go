package conversions

import (
	"fmt"
	"time"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func load() int { t("load"); return 2 }

func Run() {
	flag := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	n := load()
	wait := time.Duration(n)
	kept := load()
	var d byte
	d, e := 1, 2
	if !flag {
		t(fmt.Sprint(wait, kept, e))
	}
	t(fmt.Sprint(d, n))
}
