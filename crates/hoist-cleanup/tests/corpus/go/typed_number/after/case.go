package typed_number

import (
	"example.com/corpus/trace"
)

var t = trace.T

func double(n int64) int64 { return n * 2 }

func Run() {
	if double(int64(3)) == 6 {
		t("six")
	}
	if int64(3) > 2 {
		t("more")
	}
}
