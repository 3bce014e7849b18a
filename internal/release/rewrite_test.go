package release_test

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/release"
)

const twoBudgets = `{"name":"zoo","a":[1,2 ],"manifest":"---\n# Source: a\napiVersion: policy/v1beta1 # old\nkind: PodDisruptionBudget\nmetadata:\n  name: a\n---\napiVersion: \"policy/v1beta1\"\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {x: \u003cpolicy/v1beta1\u003e}\n---\napiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata:\n  name: c\n","version":9}`

var budgets = []release.Rename{{Kind: "PodDisruptionBudget", From: "policy/v1beta1", To: "policy/v1"}}

func TestRewriteChangesNothingButTheVersion(t *testing.T) {
	got, err := release.Rewrite([]byte(twoBudgets), budgets)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(twoBudgets, `apiVersion: policy/v1beta1 # old`, `apiVersion: policy/v1 # old`, 1)
	want = strings.Replace(want, `apiVersion: \"policy/v1beta1\"`, `apiVersion: \"policy/v1\"`, 1)
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRewriteRefuses(t *testing.T) {
	for why, record := range map[string]string{
		"no manifest":                `{"name":"zoo"}`,
		"twice":                      `{"manifest":"a: b","manifest":"a: b"}`,
		"none of them":               `{"manifest":"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n"}`,
		"flow style":                 `{"manifest":"{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: a}}"}`,
		"some of them in flow style": `{"manifest":"apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: a\n---\n{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: b}}"}`,
		"a bare value":               `{"manifest":7}`,
		"no object":                  `[]`,
		"cut":                        `{"manifest":"a`,
		"not well-formed":            "{\"manifest\":\"a: \xff\"}",
	} {
		if out, err := release.Rewrite([]byte(record), budgets); err == nil {
			t.Errorf("%s: %s", why, out)
		}
	}
}
