package label_behind_return

import (
	"fmt"

	"example.com/corpus/trace"
)

var t = trace.T

func f(x int) int {
	for {
		if x == 0 {
			goto done
		}
		return 1
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
