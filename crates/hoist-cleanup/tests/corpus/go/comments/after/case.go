package comments

import (
	"example.com/corpus/trace"
)

var t = trace.T

func Run() {
	// Shows the navigation.
	// The new one.
	t("new") // as it is

	t(`more
	than one line`)
	// The end.
	t("end")
}
