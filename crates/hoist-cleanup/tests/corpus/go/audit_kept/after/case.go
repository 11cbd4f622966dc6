package audit_kept

import (
	"example.com/corpus/trace"
)

var t = trace.T

func audit() bool { t("audit"); return true }

func Run() {
	if audit() && false {
		t("new")
	} else {
		t("old")
	}
}
