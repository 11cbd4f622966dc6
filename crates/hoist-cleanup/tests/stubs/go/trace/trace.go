// Package trace remembers what a case did.
package trace

// Traced is what was done.
var Traced []string

// T notes something that was done.
func T(text string) { Traced = append(Traced, text) }
