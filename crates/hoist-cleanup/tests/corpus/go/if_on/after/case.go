package if_on

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	// The new navigation.
	// Inside.
	t("new")
	t(`text
  with lines`)
	t("end")
}
