package names_unread

import (
	"fmt"

	"example.com/corpus/trace"
)

var t = trace.T

func two() (int, string) { t("two"); return 2, "b" }

func loops() {
	for _, v := range []string{"a", "b"} {
		t(v)
	}
	for i := range []string{"a", "b"} {
		t(fmt.Sprint(i))
	}
	for range []int{1, 2} {
		t("once")
	}
}

func cases(v any) {
	switch v.(type) {
	case int:
		t("int")
	default:
		t("other")
	}
	switch v.(type) {
	case string:
	}
	c := make(chan int, 2)
	c <- 1
	c <- 2
	select {
	case <-c:
		t("got")
	}
	select {
	case _, ok := <-c:
		t(fmt.Sprint(ok))
	}
}

func results() {
	a, _ := two()
	_, _ = two()
	t(fmt.Sprint(a))
}

func Run() {
	loops()
	cases(3)
	cases("s")
	results()
}
