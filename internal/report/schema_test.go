package report

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
)

//go:generate go test -run TestTheSchemaIsFresh -update .

// schemaFile is the published schema of `-o json`.
const schemaFile = "../../docs/report.schema.json"

// meanings say what a field is, by its type and its name in JSON. Every field has one.
var meanings = map[string]string{
	"Document.apiVersion": "The version of this format.", "Document.kind": "What the document is.",
	"Document.cluster": "Where the look was.", "Document.startedAt": "When the look began.",
	"Document.completedAt": "When everything was read that could be; of a look at a file, the moment that it shows.",
	"Document.message":     "Of one cluster of many: why it could not be looked at.",
	"Document.coverage":    "What was read, and how completely. What is not live here is unknown, not healthy.",
	"Document.summary":     "How many findings there are. Each counts once: known where a baseline or a waiver has it, unknown where its grade is unknown, else by severity.",
	"Document.findings":    "What is wrong, severest first.", "Document.changes": "What preflight or forecast foretell: no findings, since they may well be what is wanted.",

	"Cluster.name": "What --cluster-name calls it.", "Cluster.context": "The context of the kubeconfig; empty where there is none.", "Cluster.server": "The address of the API server.", "Cluster.version": "Its version.",
	"Cluster.also": "Where many clusters were looked at: the other contexts that lead to the same server with the same credentials.",

	"List.apiVersion": "The version of this format.", "List.kind": "What the document is.", "List.items": "A report of each cluster that was chosen, by its context.",

	"Watch.kind": "The plural name of the resource.", "Watch.namespace": "The namespace; empty for all.", "Watch.state": "How much is known.",
	"Watch.objects": "How many objects were read.", "Watch.message": "Why it is not complete: what the server said, as whom, and which right is missing.",

	"Summary.critical": "Findings of severity critical that count.", "Summary.high": "Likewise high.", "Summary.medium": "Likewise medium.", "Summary.low": "Likewise low.",
	"Summary.unknown": "Findings that say that a probe was not able to look.", "Summary.known": "Findings that a baseline or a waiver has.",

	"Finding.id":    "probe:namespace/Kind/name, with #slot where one subject has several. The same from run to run.",
	"Finding.probe": "The probe or check that found it; its page is in docs/probes.md.", "Finding.severity": "How soon a person should look.",
	"Finding.grade":   "How well it is known: read from the objects, seen to change, inferred from timing or a pattern, or not at all.",
	"Finding.subject": "What it is about.", "Finding.slot": "Tells several findings on one subject apart: a container, a key.", "Finding.summary": "One sentence.",
	"Finding.since": "Since when, by a condition or an event; left out where that is not known.", "Finding.known": "Why it does not count: the baseline, or a waiver's reason.",
	"Finding.evidence": "What shows it.", "Finding.causes": "The ids of findings that explain it.", "Finding.fixes": "Repairs, of which at most one is applied.",
	"Finding.withheld": "Repairs that are not offered.", "Finding.preventions": "At most two, which leave what is wrong as it is and keep it from coming again; planned as fixes are, by their ids.",

	"Withheld.id": "The fix.", "Withheld.title": "What it would do.", "Withheld.why": "Why it is not offered.",

	"Evidence.ref": "The object that it was read from.", "Evidence.path": "The field, \"event REASON\" or \"log\"; empty for the object as a whole.",
	"Evidence.value": "What stands there; never a secret value.", "Evidence.note": "What it means here.",

	"Fix.id": "Stable within its probe.", "Fix.title": "What it does.", "Fix.risk": "What it may cost.", "Fix.steps": "What is written, in order.",
	"Fix.undo": "How it is taken back, or what cannot be.", "Fix.proof": "What must hold afterwards.", "Fix.note": "What to know before it is chosen.",

	"Step.verb": "create, patch, update, delete, rollback, restart or scale.", "Step.ref": "The object that is written.", "Step.summary": "The change in words.",

	"Planned.verb": "create, update, restart, replace, delete, keep or leave.", "Planned.ref": "The object.", "Planned.summary": "What would happen to it.", "Planned.lines": "What differs.",

	"Ref.kind": "The Kubernetes kind, with its group where it is a custom resource; Release for a Helm release.", "Ref.namespace": "Empty for what is in none.", "Ref.name": "Its name.",
}

// words are the types whose values are words.
var words = map[reflect.Type][]string{
	reflect.TypeFor[finding.Severity](): {"critical", "high", "medium", "low"},
	reflect.TypeFor[finding.Grade]():    {"proved", "observed", "inferred", "unknown"},
	reflect.TypeFor[finding.Risk]():     {"safe", "disruptive", "destructive"},
	reflect.TypeFor[model.WatchState](): {string(model.Syncing), string(model.Live), string(model.Stale), string(model.Forbidden), string(model.Absent)},
}

type schema map[string]any

// schemaOf writes a type, and into defs the structs below it.
func schemaOf(t *testing.T, typ reflect.Type, defs schema) schema {
	t.Helper()
	switch list := words[typ]; {
	case list != nil:
		return schema{"enum": list}
	case typ == reflect.TypeFor[time.Time]():
		return schema{"type": "string", "format": "date-time"}
	case typ.Kind() == reflect.String:
		return schema{"type": "string"}
	case typ.Kind() == reflect.Int:
		return schema{"type": "integer", "minimum": 0}
	case typ.Kind() == reflect.Pointer:
		return schemaOf(t, typ.Elem(), defs)
	case typ.Kind() == reflect.Slice:
		return schema{"type": "array", "items": schemaOf(t, typ.Elem(), defs)}
	case typ.Kind() != reflect.Struct:
		t.Fatalf("a report holds a %s, which its schema cannot say", typ)
	}
	name := typ.Name()
	if defs[name] == nil {
		defs[name] = schema{} // it may hold itself
		defs[name] = structOf(t, typ, defs)
	}
	return schema{"$ref": "#/$defs/" + name}
}

func structOf(t *testing.T, typ reflect.Type, defs schema) schema {
	t.Helper()
	properties, required := schema{}, []string{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		if !f.IsExported() {
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if rest != "omitempty" {
			required = append(required, name)
		}
		p := schemaOf(t, f.Type, defs)
		key := typ.Name() + "." + name
		if p["description"] = meanings[key]; p["description"] == "" {
			t.Errorf("%s has no meaning in the schema", key)
		}
		described[key] = true
		properties[name] = p
	}
	return schema{"type": "object", "properties": properties, "required": required}
}

// described are the fields that the schema has.
var described = map[string]bool{}

// reportSchema is the schema of a Document. A strict one refuses what it does not name;
// the one that is published does not, since fields may be added.
func reportSchema(t *testing.T, strict bool) string {
	t.Helper()
	defs := schema{}
	root := schema{"oneOf": []schema{schemaOf(t, reflect.TypeFor[Document](), defs), schemaOf(t, reflect.TypeFor[List](), defs)}}
	for _, def := range defs {
		if strict {
			def.(schema)["additionalProperties"] = false
		}
	}
	document := defs["Document"].(schema)["properties"].(schema)
	document["apiVersion"].(schema)["const"], document["kind"].(schema)["const"] = APIVersion, Kind
	list := defs["List"].(schema)["properties"].(schema)
	list["apiVersion"].(schema)["const"], list["kind"].(schema)["const"] = APIVersion, ListKind
	root["$schema"], root["$id"] = "https://json-schema.org/draft/2020-12/schema", homepage+"/blob/main/docs/report.schema.json"
	root["title"], root["description"] = "careen report", "What careen audit, preflight and forecast print with -o json or yaml; with --contexts a list of reports. Made from the program itself. Fields may be added."
	root["$defs"] = defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSchemaIsFresh(t *testing.T) {
	golden.Equal(t, filepath.FromSlash(schemaFile), reportSchema(t, false))
	for key := range meanings {
		if !described[key] {
			t.Errorf("%s has a meaning, and no report has it", key)
		}
	}
}

func TestReportsFitTheSchema(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(strings.NewReader(reportSchema(t, true)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("strict.json", raw); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("strict.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(text []byte) error {
		object, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			return err
		}
		return s.Validate(object)
	}
	foretold := document(sample(), 0)
	foretold.Changes = []Planned{{Verb: "delete", Ref: model.Ref{Kind: "Secret", Name: "x"}, Lines: []string{"a"}}}
	for name, d := range map[string]*Document{
		"sample": document(sample(), 0), "mixed": mixed(), "drawn": document(drawn(), 0), "foretold": foretold,
		"empty": document(&engine.Report{Snapshot: &model.Snapshot{}}, 0),
	} {
		if err := check(render(t, "json", d)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := check(renderList(t, "json", many())); err != nil {
		t.Errorf("many clusters: %v", err)
	}
	whole := string(render(t, "json", mixed()))
	for _, change := range [][2]string{
		{`"severity": "critical"`, `"severity": "awful"`},
		{`"objects": 3001`, `"objects": -1`},
		{`"kind": "Report"`, `"kind": "Other"`},
		{`"slot": "",`, ``},
		{`"slot": ""`, `"slot": "", "more": 1`},
		{`"2026-01-02T15:04:05Z"`, `"yesterday"`},
		{`"evidence": [`, `"evidence": [{}, `},
	} {
		wrong := strings.Replace(whole, change[0], change[1], 1)
		if wrong == whole {
			t.Errorf("%s stands nowhere", change[0])
		}
		if check([]byte(wrong)) == nil {
			t.Errorf("accepted: %s", change[1])
		}
	}
}
