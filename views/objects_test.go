package views

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/viewtest"
)

func TestObjectsAreFoundByWhatIsTyped(t *testing.T) {
	snap := viewtest.Snapshot()
	for text, want := range map[string]string{
		"deploy/common":          "Deployment vault/common-vault",
		"deployment common":      "Deployment vault/common-vault",
		"pods":                   "Pod",
		"shop/":                  "",
		"sts/metrics/":           "StatefulSet metrics/",
		"common-vault":           "vault/common-vault",
		"w":                      "",
		"no-such-thing-anywhere": "",
		"pod/no-such-thing":      "",
	} {
		found, more := objectsNamed(snap, text)
		if more {
			t.Errorf("%q: too many", text)
		}
		switch {
		case want == "" && len(found) > 0 && !strings.HasSuffix(text, "/"):
			t.Errorf("%q finds %v", text, found)
		case want != "" && (len(found) == 0 || !strings.Contains(refText(found[0]), want)):
			t.Errorf("%q finds %v, not %s first", text, found, want)
		}
	}
	table := model.Table{}
	for i := range 3 * mostObjects {
		table = append(table, &model.Pod{Template: &model.Template{}, Meta: model.Meta{Kind: model.KindPod, Namespace: "big", Name: fmt.Sprintf("web-%03d", i)}})
	}
	big := &model.Snapshot{Spaces: map[string]*model.Space{"big": model.NewSpace("big", 1, map[model.Kind]model.Table{model.KindPod: table})}}
	if found, more := objectsNamed(big, "web"); len(found) != mostObjects || !more {
		t.Errorf("%d found, more %t", len(found), more)
	}
	if found, _ := objectsNamed(big, "web-599"); len(found) != 1 {
		t.Errorf("found %v", found)
	}
}
