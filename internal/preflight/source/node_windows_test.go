package source

import "testing"

func node(*testing.T, string) {}

func pipe(*testing.T, string) {}
