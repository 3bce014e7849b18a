package views

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

const hour = time.Hour

// releasePage is what is known of a release: its state, objects and history.
func (e *Env) releasePage(rel *model.Release) []styled.Para {
	newest := rel.Newest()
	list := []field{{name: "status", value: releaseStatus(newest), role: statusRole(releaseStatus(newest))}}
	add := func(name, value, note string) {
		if value != "" {
			list = append(list, field{name: name, value: value, note: note})
		}
	}
	add("revision", fmt.Sprint(newest.Revision), "")
	if b := newest.Body; b != nil {
		if b.Problem != "" {
			list = append(list, field{name: "record", value: "unreadable: " + b.Problem, role: styled.Bad})
		}
		add("chart", strings.TrimSpace(b.Chart+" "+b.ChartVersion), "")
		add("app version", b.AppVersion, "")
		add("deployed", e.Clock(b.LastDeployed), e.Age(b.LastDeployed)+" ago")
		add("installed", e.Clock(b.FirstDeployed), e.Age(b.FirstDeployed)+" ago")
		add("applied", applied(b.ApplyMethod), "by Helm 4")
		add("says", b.Description, "")
	} else {
		add("record", "body not read yet", "")
	}
	out := fields(0, "release", list)
	out = append(out, e.declared(newest)...)
	return append(out, e.history(rel)...)
}

// applied says how Helm 4 applied a revision; nothing of Helm 3's.
func applied(method string) string {
	switch method {
	case "ssa":
		return "server-side"
	case "csa":
		return "client-side"
	}
	return method
}

// releaseStatus is what the record says, or its label where it was not read.
func releaseStatus(r *model.Record) string {
	if r.Body != nil && r.Body.Status != "" {
		return r.Body.Status
	}
	return r.LabelStatus
}

func (e *Env) declared(rec *model.Record) []styled.Para {
	if rec.Body == nil || len(rec.Body.Objects) == 0 {
		return nil
	}
	block := make([]field, 0, len(rec.Body.Objects))
	for _, o := range rec.Body.Objects[:min(len(rec.Body.Objects), many)] {
		text, role, _ := e.liveState(o.Ref)
		f := field{name: refFrom(o.Ref, rec.Namespace), value: text, role: role, to: Subject{Ref: o.Ref}}
		if o.Keep {
			f.note = "kept on uninstall"
		}
		block = append(block, f)
	}
	out := append([]styled.Para{styled.Blank(), styled.Heading("Objects")}, fields(2, "object", block)...)
	return append(out, rest(len(rec.Body.Objects))...)
}

func (e *Env) history(rel *model.Release) []styled.Para {
	out := []styled.Para{styled.Blank(), styled.Heading("History")}
	var block []field
	for i := len(rel.Records) - 1; i >= 0 && len(block) < 20; i-- {
		r := rel.Records[i]
		block = append(block, field{
			name: fmt.Sprintf("revision %d", r.Revision), value: first(r.LabelStatus, releaseStatus(r)), role: statusRole(r.LabelStatus),
			note: e.Clock(r.Created), to: Subject{Ref: r.Ref()},
		})
	}
	return append(out, fields(2, "history", block)...)
}
