package continue_unreachable

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	for _, name := range []string{"a", "b"} {
		t(name)
		continue
	}
	t("end")
}
