package inspect

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: web
        image: web:1
        ports: [{containerPort: 80}]
        env: [{name: DB_PASSWORD, value: ` + sentinel + `}, {name: MODE, value: fast}]
        resources: {limits: {cpu: 1000m, memory: 1Gi}}
        securityContext: {}
`

// served is the same as a server gives it: with defaults, status, other words for
// the same amounts.
const served = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: u, labels: {app: web, app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: web}}
spec:
  replicas: 2
  revisionHistoryLimit: 10
  template:
    spec:
      restartPolicy: Always
      containers:
      - name: web
        image: web:1
        imagePullPolicy: IfNotPresent
        ports: [{containerPort: 80, protocol: TCP}]
        env: [{name: DB_PASSWORD, value: ` + sentinel + `}, {name: MODE, value: fast}]
        resources: {limits: {cpu: "1", memory: 1024Mi}}
status: {readyReplicas: 2}
`

func beside(t *testing.T, declared, live string) Difference {
	t.Helper()
	var d Difference
	var l map[string]any
	if live != "" {
		l = object(t, live)
	}
	d.Beside(model.Ref{Kind: model.KindDeployment, Name: "web"}, object(t, declared), l, nil)
	for _, p := range d.Parts {
		if strings.Contains(textOf(p.Lines), sentinel) {
			t.Errorf("shows a credential:\n%s", textOf(p.Lines))
		}
	}
	return d
}

func TestDefaultsAreNoDrift(t *testing.T) {
	if d := beside(t, deployment, served); len(d.Parts) > 0 || d.Same != 1 {
		t.Errorf("%+v", d)
	}
}

func TestDriftIsWhatDiffersFromWhatIsDeclared(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"a scalar", "replicas: 2", "replicas: 5", "+  replicas: 5"},
		{"an image", "image: web:1", "image: web:2", "image: web:2"},
		{"an amount", "memory: 1024Mi", "memory: 2Gi", "memory: 2Gi"},
		{"a label", "labels: {app: web,", "labels: {app: shop,", "app: shop"},
		{"a variable that came", "{name: MODE, value: fast}", "{name: MODE, value: fast}, {name: EXTRA, value: x}", "+        - name: EXTRA"},
		{"a variable that went", ", {name: MODE, value: fast}", "", "-        - name: MODE"},
		{"a credential", "value: " + sentinel, "value: other", "(masked, after)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			live := strings.Replace(served, c.from, c.to, 1)
			if live == served {
				t.Fatal("nothing replaced")
			}
			d := beside(t, deployment, live)
			if len(d.Parts) != 1 || !strings.Contains(textOf(d.Parts[0].Lines), c.want) {
				t.Errorf("%+v", d.Parts)
			}
		})
	}
	if d := beside(t, deployment, ""); len(d.Parts) != 1 || d.Parts[0].What != Missing {
		t.Errorf("%+v", d)
	}
}

func TestASecretDriftsWithoutBeingTold(t *testing.T) {
	const declared = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {p: " + sentinel + "}\n"
	same := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: Opaque\ndata: {p: UzNudGluM2wtWnE4MQ==}\n"
	if d := beside(t, declared, same); len(d.Parts) > 0 {
		t.Errorf("stringData is data: %+v", d.Parts)
	}
	d := beside(t, declared, strings.Replace(same, "UzNu", "Zm9v", 1))
	if len(d.Parts) != 1 {
		t.Fatalf("%+v", d)
	}
	if text := textOf(d.Parts[0].Lines); !strings.Contains(text, mask.HiddenBefore) || !strings.Contains(text, mask.HiddenAfter) || strings.Contains(text, "Zm9v") || strings.Contains(text, "UzNu") {
		t.Error(text)
	}
}

func TestDiffOfManifests(t *testing.T) {
	parse := func(s string) []Object {
		list, trouble := Parse(s)
		if len(trouble) > 0 {
			t.Fatal(trouble)
		}
		return list
	}
	a := parse(deployment + "---\napiVersion: v1\nkind: Service\nmetadata: {name: old}\n---\n# nothing\n---\napiVersion: v1\nkind: Service\nmetadata: {name: same}\n")
	b := parse(strings.Replace(deployment, "web:1", "web:2", 1) + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: new}\ndata: {k: " + sentinel + "}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: same}\n")
	d := Diff("revision 1", "revision 2", a, b, nil)
	var got []string
	for _, p := range d.Parts {
		got = append(got, p.Ref.Name+" "+p.What)
		if strings.Contains(textOf(p.Lines), sentinel) {
			t.Errorf("shows a value:\n%s", textOf(p.Lines))
		}
	}
	if want := "web changed, new added, old removed"; strings.Join(got, ", ") != want || d.Same != 1 {
		t.Errorf("got %v, %d the same", got, d.Same)
	}
	if text := textOf(d.Parts[0].Lines); !strings.Contains(text, "-        image: web:1") && !strings.Contains(text, "image: web:1") {
		t.Error(text)
	}
}

func TestDocumentsThatDoNotParseAreCountedNotQuoted(t *testing.T) {
	list, trouble := Parse("a: [" + sentinel + "\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: a}}\n")
	if len(list) != 1 || len(trouble) != 1 || strings.Contains(trouble[0], sentinel) {
		t.Errorf("%v %v", list, trouble)
	}
}

func TestValuesAreToldByPath(t *testing.T) {
	was := map[string]any{"image": map[string]any{"tag": "1"}, "db": map[string]any{"password": sentinel}, "on": true, "gone": "x", "list": []any{"a"}}
	now := map[string]any{"image": map[string]any{"tag": "1"}, "db": map[string]any{"password": "other"}, "on": false, "list": []any{"a", sentinel}}
	text := textOf(DiffValues(was, now))
	want := "- db.password: (masked, before)\n+ db.password: (masked, after)\n- gone: (masked)\n+ list[1]: (masked)\n- on: true\n+ on: false\n"
	if text != want {
		t.Errorf("got\n%s", text)
	}
	for _, s := range Settings(was) {
		if strings.Contains(s.Text, sentinel) {
			t.Error(s)
		}
	}
}

func FuzzBeside(f *testing.F) {
	f.Add(deployment, served)
	f.Add("a: [1, {b: c}]", "a: {b: [c]}")
	f.Fuzz(func(t *testing.T, a, b string) {
		da, _ := Parse("kind: X\nmetadata: {name: x}\n" + a)
		db, _ := Parse("kind: X\nmetadata: {name: x}\n" + b)
		if len(da) == 0 || len(db) == 0 {
			return
		}
		var d Difference
		d.Beside(da[0].Ref, da[0].Fields, db[0].Fields, nil)
		d.Beside(da[0].Ref, da[0].Fields, da[0].Fields, nil)
		Diff("a", "b", da, db, nil)
	})
}
