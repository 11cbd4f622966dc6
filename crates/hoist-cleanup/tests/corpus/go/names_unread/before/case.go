package names_unread

import (
	"fmt"

	"example.com/corpus/trace"
	"github.com/open-feature/go-sdk/openfeature"
)

var client = openfeature.NewDefaultClient()

var t = trace.T

func two() (int, string) { t("two"); return 2, "b" }

func loops() {
	flag := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	for i, v := range []string{"a", "b"} {
		if flag {
			t(v)
		} else {
			t(fmt.Sprint(i))
		}
	}
	for i, v := range []string{"a", "b"} {
		if flag {
			t(fmt.Sprint(i))
		} else {
			t(v)
		}
	}
	for i := range []int{1, 2} {
		if flag {
			t("once")
		} else {
			t(fmt.Sprint(i))
		}
	}
}

func cases(v any) {
	flag := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	switch y := v.(type) {
	case int:
		if flag {
			t("int")
		} else {
			t(fmt.Sprint(y))
		}
	default:
		t("other")
	}
	switch v := v.(type) {
	case string:
		if !flag {
			t(v)
		}
	}
	c := make(chan int, 2)
	c <- 1
	c <- 2
	select {
	case v := <-c:
		if flag {
			t("got")
		} else {
			t(fmt.Sprint(v))
		}
	}
	select {
	case v, ok := <-c:
		if flag {
			t(fmt.Sprint(ok))
		} else {
			t(fmt.Sprint(v))
		}
	}
}

func results() {
	flag := client.Boolean(nil, "new-nav", false, openfeature.EvaluationContext{})
	a, b := two()
	c, d := two()
	if flag {
		t(fmt.Sprint(a))
	} else {
		t(b + fmt.Sprint(c) + d)
	}
}

func Run() {
	loops()
	cases(3)
	cases("s")
	results()
}
