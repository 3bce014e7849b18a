package repair

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
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

// quote makes one word of a shell of s.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func heredoc(u *unstructured.Unstructured, verb string) []string {
	if holdsSecrets(u) {
		return []string{fmt.Sprintf("# %s %s %s/%s: its values are not printed", verb, u.GetKind(), u.GetNamespace(), u.GetName())}
	}
	text, err := yaml.Marshal(masked(u, nil, nil).Object)
	if err != nil {
		return nil
	}
	return []string{fmt.Sprintf("%s %s -f - <<'EOF'\n%sEOF", kubectlIn(u.GetNamespace()), verb, text)}
}

func patchCommand(w *Write) []string {
	list := w.changes()
	if holdsSecrets(w.After) {
		for _, c := range list {
			if c.path[0] != "metadata" {
				return []string{fmt.Sprintf("# patch %s: its values are not printed", w.Ref)}
			}
		}
	}
	body, err := json.Marshal(mergePatch(list))
	if err != nil {
		return nil
	}
	return []string{fmt.Sprintf("%s patch %s --type=merge --field-manager=%s -p %s", kubectlIn(w.Ref.Namespace), kubectlName(w), manager, quote(string(body)))}
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
