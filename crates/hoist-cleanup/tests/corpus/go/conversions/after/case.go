package conversions

import (
	"fmt"
	"time"

	"example.com/corpus/trace"
)

var t = trace.T

func load() int { t("load"); return 2 }

func Run() {
	n := load()
	_ = time.Duration(n)
	load()
	var d byte
	d = 1
	t(fmt.Sprint(d, n))
}
