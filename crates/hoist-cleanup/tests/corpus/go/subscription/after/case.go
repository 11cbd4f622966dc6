package subscription

import (
	"example.com/corpus/trace"
)

var t = trace.T

type details struct{ FlagChanges []string }

func changed(d details) {
	for _, key := range d.FlagChanges {
		if key == "new-nav" {
			t("changed")
		}
	}
}

func Run() {
	changed(details{FlagChanges: []string{"new-nav"}})
	t("new")
}
