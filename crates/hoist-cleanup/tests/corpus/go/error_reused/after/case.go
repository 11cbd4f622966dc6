package error_reused

import (
	"example.com/corpus/trace"
)

var t = trace.T

func save() error { t("save"); return nil }

func f() error {
	t("new")
	err := save()
	return err
}

func Run() {
	if f() == nil {
		t("ok")
	}
}
