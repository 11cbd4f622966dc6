package zero_kept

import (
	"fmt"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var context = openfeature.EvaluationContext{}

func share() int64 {
	defer func() { trace.T(fmt.Sprint(recover())) }()
	return 10 / client.Int(nil, "new-nav", 1, context)
}

func Run() {
	share()
}
