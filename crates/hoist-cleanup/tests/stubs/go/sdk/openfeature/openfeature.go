// Package openfeature answers every evaluation of `new-nav` with the value that the driver froze it at.
package openfeature

import "context"

// Frozen is the value of `new-nav`.
var Frozen any

// EvaluationContext is empty.
type EvaluationContext struct{}

// Client evaluates flags.
type Client struct{}

// NewDefaultClient returns a client.
func NewDefaultClient() *Client { return &Client{} }

func value[T any](key string, fallback T) T {
	if key == "new-nav" {
		if frozen, ok := Frozen.(T); ok {
			return frozen
		}
	}
	return fallback
}

// Boolean returns a boolean.
func (c *Client) Boolean(_ context.Context, key string, fallback bool, _ EvaluationContext) bool {
	return value(key, fallback)
}

// BooleanValue returns a boolean and no error.
func (c *Client) BooleanValue(_ context.Context, key string, fallback bool, _ EvaluationContext) (bool, error) {
	return value(key, fallback), nil
}

// String returns a text.
func (c *Client) String(_ context.Context, key string, fallback string, _ EvaluationContext) string {
	return value(key, fallback)
}

// Int returns a whole number.
func (c *Client) Int(_ context.Context, key string, fallback int64, _ EvaluationContext) int64 {
	return value(key, fallback)
}
