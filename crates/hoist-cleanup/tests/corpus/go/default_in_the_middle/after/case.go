package default_in_the_middle

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	t("other")
	t("end")
}
