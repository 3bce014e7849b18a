package views

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// getCommand prints an object outside careen.
func getCommand(ref model.Ref) string {
	kind := ref.Kind
	if kind == model.KindRecord {
		kind = model.KindSecret
	}
	return kubectl(ref, "get", strings.ToLower(string(kind)), ref.Name, "-o", "yaml")
}

// kubectl writes a command about an object, its words quoted where a shell needs it.
func kubectl(ref model.Ref, words ...string) string {
	out := "kubectl"
	if ref.Namespace != "" {
		out += " -n " + quoted(ref.Namespace)
	}
	for _, w := range words {
		out += " " + quoted(w)
	}
	return out
}

func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
