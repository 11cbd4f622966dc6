package constants_kept

import (
	"fmt"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var context = openfeature.EvaluationContext{}

func show(value any) {
	trace.T(fmt.Sprintf("%v %T", value, value))
}

func Run() {
	show(uint8(client.Int(nil, "new-nav", 1, context)))
	limit := client.Int(nil, "new-nav", 1, context)
	show(uint8(limit))
	show(client.Int(nil, "new-nav", 1, context) / 7)
	half := client.Int(nil, "new-nav", 1, context)
	show(float64(half) / 2)
	defer client.Int(nil, "new-nav", 1, context)
	client.Int(nil, "new-nav", 1, context)
	show(half / 7)
}
