package repair

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// Text is lines of a diff as text.
func Text(list []styled.Line) string { return styled.Plain(styled.Lines(0, list)) }

// TestAWriteSaysInWordsWhatItDoes: what the journal calls a disown is read by operators.
func TestAWriteSaysInWordsWhatItDoes(t *testing.T) {
	w := &Write{Verb: Disown, Ref: model.Ref{Kind: model.KindConfigMap, Namespace: "shop", Name: "web"}}
	got := styled.Plain(w.text(2))
	if !strings.Contains(got, "2 restore field owners of ConfigMap shop/web") || strings.Contains(got, "disown") {
		t.Error(got)
	}
	if string(Disown) != "disown" {
		t.Error("journal entries hold the word")
	}
}
