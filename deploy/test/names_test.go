package deploytest

import (
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

var promql = parser.NewParser(parser.Options{})

// rules are those of rules.yaml, by the name of their alert.
func rules(t *testing.T) map[string]rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile(filepath.Join("..", "rules.yaml"), false, model.UTF8Validation, promql, slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Error(err)
	}
	if groups == nil {
		t.FailNow()
	}
	out := map[string]rulefmt.Rule{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			out[r.Alert] = r
		}
	}
	return out
}

// served are the labels of each series that careen agent serves. The file is written by
// the tests of the agent.
func served(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "series.txt"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{
		// served by every Go program
		"process_resident_memory_bytes": nil,
	}
	for line := range strings.Lines(string(raw)) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[name] = strings.Fields(list)
	}
	return out
}

// scraped are the labels that Prometheus adds to whatever it scrapes.
var scraped = []string{"instance", "job", "namespace", "pod"}

// namesServed fails the test for what an expression names that is not served.
func namesServed(t *testing.T, where, expr string, series map[string][]string) {
	t.Helper()
	parsed, err := promql.ParseExpr(expr)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	known := func(e parser.Node) (out []string) {
		parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
			if v, ok := n.(*parser.VectorSelector); ok {
				out = append(out, series[v.Name]...)
			}
			return nil
		})
		return append(out, scraped...)
	}
	selectors := 0
	parser.Inspect(parsed, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			selectors++
			has, ok := series[n.Name]
			if !ok {
				t.Errorf("%s: %s is not served", where, n.Name)
			}
			for _, m := range n.LabelMatchers {
				if m.Name != labels.MetricName && !slices.Contains(append(has, scraped...), m.Name) {
					t.Errorf("%s: %s has no label %s", where, n.Name, m.Name)
				}
			}
		case *parser.AggregateExpr:
			for _, name := range n.Grouping {
				if !slices.Contains(known(n.Expr), name) {
					t.Errorf("%s: it groups by %s, which nothing has", where, name)
				}
			}
		}
		return nil
	})
	if selectors == 0 {
		t.Errorf("%s: it reads nothing", where)
	}
}

func TestTheRulesNameWhatIsServed(t *testing.T) {
	all, series := rules(t), served(t)
	for name, r := range all {
		namesServed(t, name, r.Expr, series)
		if r.For == 0 || r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if len(all) < 5 {
		t.Errorf("%d rules", len(all))
	}
}

func TestTheDashboardNamesWhatIsServed(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Title, UID string
		Panels     []struct {
			ID      int
			Title   string
			Type    string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, RefID string }
		}
		Templating struct {
			List []struct{ Name, Type, Query string }
		}
	}
	if err := json.Unmarshal(raw, &dashboard); err != nil {
		t.Fatal(err)
	}
	series, exprs, ids := served(t), 0, map[int]bool{}
	var variables []string
	for _, v := range dashboard.Templating.List {
		variables = append(variables, v.Name)
		inner, ok := strings.CutPrefix(v.Query, "label_values(")
		if !ok {
			continue
		}
		name, label, _ := strings.Cut(strings.TrimSuffix(inner, ")"), ", ")
		if !slices.Contains(series[name], label) {
			t.Errorf("variable %s: %s has no label %s", v.Name, name, label)
		}
	}
	for _, p := range dashboard.Panels {
		if ids[p.ID] || p.Title == "" || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d %q: %+v", p.ID, p.Title, p.GridPos)
		}
		ids[p.ID] = true
		for _, target := range p.Targets {
			expr := target.Expr
			for _, v := range variables {
				expr = strings.ReplaceAll(expr, "$"+v, ".*")
			}
			if strings.Contains(expr, "$") {
				t.Errorf("panel %q: a variable is not defined: %s", p.Title, target.Expr)
			}
			namesServed(t, "panel "+p.Title, expr, series)
			exprs++
		}
	}
	if exprs < 10 {
		t.Errorf("%d expressions", exprs)
	}
}
