package value_and_error

import (
	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func f() (string, error) {
	on, err := client.BooleanValue(nil, "new-nav", false, openfeature.EvaluationContext{})
	if err != nil {
		return "", err
	}
	if on {
		return "new", nil
	}
	return "old", nil
}

func Run() {
	s, _ := f()
	t(s)
}
