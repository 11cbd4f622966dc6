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
	limit := int64(300)
	show(uint8(limit))
	show(int64(300) / 7)
	show(float64(int64(300)) / 2)
	defer client.Int(nil, "new-nav", 1, context)
	show(int64(300) / 7)
}
