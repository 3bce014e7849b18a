package views

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/viewtest"
)

var vmstorage = model.Ref{Kind: model.KindStatefulSet, Namespace: "metrics", Name: "vmstorage"}

// page is the detail of an object that was opened, with all that is read then.
func pageOf(env *Env, ref model.Ref) string {
	d := NewDetail(env)
	d.Follow(Subject{Ref: ref})
	do(env.AskMore(ref))
	return strings.Join(strings.Fields(seen(d)), " ")
}

func TestAnObjectThatIsOpenedTellsWhatItsLogsSay(t *testing.T) {
	env, f := inspected(t)
	d := NewDetail(env)
	if d.Follow(Subject{Ref: vmstorage}); strings.Contains(seen(d), "What its logs say") || len(f.asked) > 0 {
		t.Fatal("logs are read of what is only selected")
	}
	request := env.AskMore(vmstorage)
	if s := strings.Join(strings.Fields(seen(d)), " "); !strings.Contains(s, "reading the logs of the newest and the oldest of") && !strings.Contains(s, "reading the logs of") {
		t.Error(s)
	}
	do(request)
	s := strings.Join(strings.Fields(seen(d)), " ")
	for _, want := range []string{
		"What its logs say", "What a program writes proves nothing: no finding is made of it.",
		"db:5432 refuses the connection: there is no Service db in namespace metrics", "数据 dial tcp: db:5432: connection refused",
		"nothing in its last 12 lines tells of anything wrong", "15:01 (3m)",
	} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not on the page:\n%s", want, s)
		}
	}
	if env.AskMore(vmstorage) != nil {
		t.Error("read again at once")
	}
	if n := len(f.asked); n != 1 {
		t.Errorf("asked %q", f.asked)
	}
}

func TestLogsThatCannotBeReadAreSaidToBeUnknown(t *testing.T) {
	env, f := inspected(t)
	f.err = errors.New("reading Pod metrics/vmstorage-0: forbidden to oncall (get pods/log)")
	if s := pageOf(env, vmstorage); !strings.Contains(s, "not known: reading Pod metrics/vmstorage-0: forbidden to oncall (get pods/log)") {
		t.Error(s)
	}
	env, _ = inspected(t)
	request := env.AskSaid(vmstorage).(Fetch)
	request.Fail(errors.New("it crashed"))
	if s := pageOf(env, vmstorage); !strings.Contains(s, "Not known: it crashed") {
		t.Error(s)
	}
}

func TestAFileSaysThatItHoldsNoLogs(t *testing.T) {
	env, _ := inspected(t)
	env.Inspector, env.AsOf = nil, viewtest.Now
	if s := pageOf(env, vmstorage); !strings.Contains(s, "not known: the snapshot does not hold its log") {
		t.Error(s)
	}
}

func TestWhatHasNoPodsHasNoLogs(t *testing.T) {
	env, f := inspected(t)
	for _, ref := range []model.Ref{
		{Kind: model.KindSecret, Namespace: "shop", Name: "worker-credentials"}, {Kind: model.KindNode, Name: "node-1"}, {Kind: model.KindPod, Namespace: "metrics", Name: "*"}, {},
	} {
		if s := pageOf(env, ref); strings.Contains(s, "logs say") {
			t.Error(s)
		}
	}
	if slices.Contains(f.asked, "said") {
		t.Errorf("asked %q", f.asked)
	}
}
