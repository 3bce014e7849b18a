package repair

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/text"
)

// Commands is the plan as kubectl and helm commands, in order, for a POSIX shell.
// Secret values stand in none of them: where one is needed, the command reads it
// from the cluster or from a variable.
func (p *Plan) Commands() []string {
	var out []string
	for _, w := range p.Writes {
		out = append(out, w.commands...)
	}
	return out
}

func kubectlIn(namespace string) string {
	if namespace == "" {
		return "kubectl"
	}
	return "kubectl -n " + quote(namespace)
}

// kubectlName is resource.group/name as kubectl reads it.
func kubectlName(w *Write) string {
	resource := w.Resource.Resource
	if w.Resource.Group != "" {
		resource += "." + w.Resource.Group
	}
	return resource + "/" + w.Ref.Name
}

func quote(s string) string { return text.ShellWord(s) }

func heredoc(scrub *scrubber, u *unstructured.Unstructured, verb string) []string {
	if holdsSecrets(u) {
		return []string{fmt.Sprintf("# %s %s %s/%s: its values are not printed", verb, u.GetKind(), u.GetNamespace(), u.GetName())}
	}
	text, err := yaml.Marshal(scrub.masked(u, nil, nil, mask.Hidden).Object)
	if err != nil {
		return nil
	}
	return []string{fmt.Sprintf("%s %s -f - <<'EOF'\n%sEOF", kubectlIn(u.GetNamespace()), verb, text)}
}

// patchCommand is the patch that a write makes: of the fields that the fix names,
// where it names them, since a merge patch repeats whole lists. Where a value may not
// be shown, there is no such command.
func patchCommand(w *Write) []string {
	secret := []string{fmt.Sprintf("# %s %s: its values are not printed; careen does it", w.Verb, w.Ref)}
	told := w.scrub.masked(w.After, nil, w.shown, mask.Hidden).Object
	tellable := func(path []string) bool {
		value, there := valueAt(any(w.After.Object), path)
		shown, _ := valueAt(any(told), path)
		return !there || same(value, shown)
	}
	kind, body := "merge", any(nil)
	if inLists(w.shown) {
		var ops []map[string]any
		for _, path := range w.shown {
			if !tellable(path) {
				return secret
			}
			ops = append(ops, operation(w, path))
		}
		kind, body = "json", ops
	} else {
		list := w.changes()
		for _, c := range list {
			if !tellable(c.path) {
				return secret
			}
		}
		body = mergePatch(list)
	}
	text, err := json.Marshal(body)
	if err != nil {
		return secret
	}
	return []string{fmt.Sprintf("%s patch %s --type=%s --field-manager=%s -p %s", kubectlIn(w.Ref.Namespace), kubectlName(w), kind, manager, quote(string(text)))}
}

// inLists reports whether any of the paths leads into a list.
func inLists(paths [][]string) bool {
	for _, p := range paths {
		for _, name := range p {
			if _, err := strconv.Atoi(name); err == nil {
				return true
			}
		}
	}
	return false
}

// operation is one operation of a JSON patch (RFC 6902).
func operation(w *Write, path []string) map[string]any {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	pointer := ""
	for _, name := range path {
		pointer += "/" + escape.Replace(name)
	}
	_, had := valueAt(any(w.Before.Object), path)
	value, has := valueAt(any(w.After.Object), path)
	switch {
	case !has:
		return map[string]any{"op": "remove", "path": pointer}
	case had:
		return map[string]any{"op": "replace", "path": pointer, "value": value}
	}
	return map[string]any{"op": "add", "path": pointer, "value": value}
}

// recordCommands edits a release record with a pipeline, since neither kubectl nor
// helm has a command for it.
func recordCommands(w *Write, status, description string) []string {
	in, name := kubectlIn(w.Ref.Namespace), kubectlName(w)
	decode, encode := "base64 -d | base64 -d | gunzip", "gzip -c | base64 -w0 | base64 -w0"
	if w.After.GetKind() != "Secret" {
		decode, encode = "base64 -d | gunzip", "gzip -c | base64 -w0"
	}
	st, _ := json.Marshal(status)
	de, _ := json.Marshal(description)
	return []string{
		fmt.Sprintf("RECORD=$(%s get %s -o jsonpath='{.data.release}' | %s | jq -c %s | %s)",
			in, name, decode, quote(fmt.Sprintf(".info.status=%s | .info.description=%s", st, de)), encode),
		fmt.Sprintf(`%s patch %s --type=merge -p "{\"metadata\":{\"labels\":{\"status\":\"%s\",\"modifiedAt\":\"%s\"}},\"data\":{\"release\":\"$RECORD\"}}"`,
			in, name, status, modifiedAt(w.After)),
	}
}

func modifiedAt(u *unstructured.Unstructured) string {
	if _, err := strconv.Atoi(u.GetLabels()["modifiedAt"]); err != nil {
		return ""
	}
	return u.GetLabels()["modifiedAt"]
}
