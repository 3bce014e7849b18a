package command

import (
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
)

// waivers are what the operator accepts in one cluster, for the interface.
type waivers struct {
	file    *config.File
	base    *config.Baseline
	known   *config.Known
	context string
	look    config.Look // without its findings
	now     func() time.Time
}

// waiversOf reads the configuration file again: another session may have written it.
func (ss *session) waiversOf(context string) *waivers {
	file, err := config.Load(ss.configFile, catalogue.IDs(), views.PaneColumns())
	if err != nil {
		file = ss.config // it was right when careen began; writing says what is wrong with it now
	}
	w := &waivers{file: file, base: ss.base, context: context, look: ss.looked(), now: time.Now}
	w.known = config.NewKnown(file.Waivers, ss.base, w.now()).Alone(context)
	return w
}

// looked is what a look of this session could have found.
func (ss *session) looked() config.Look {
	return config.Look{Ran: idsOf(ss.probes), Known: ss.catalogue.IDs(), Namespaces: ss.namespaces}
}

// idle says which waivers cover nothing of a look any more.
func (ss *session) idle(list []*finding.Finding) []string {
	look := ss.looked()
	look.Findings = list
	return ss.known.Idle(look)
}

func idsOf(list []*probes.Probe) []finding.ProbeID {
	out := make([]finding.ProbeID, len(list))
	for i, p := range list {
		out[i] = p.ID
	}
	return out
}

func (w *waivers) Why(f *finding.Finding) string { return w.known.Why(f) }

func (w *waivers) Waived(f *finding.Finding) bool { return len(w.known.Covering(f)) > 0 }

func (w *waivers) Ended(f *finding.Finding) string {
	for _, over := range w.file.Waivers {
		if over.In(w.context) && over.Covers(f) && over.Expired(w.now()) {
			return "Its waiver ended with " + over.Last() + ", so it counts again (it was accepted because: " + over.Reason + ")"
		}
	}
	return ""
}

func (w *waivers) Idle(list []*finding.Finding) []string {
	look := w.look
	look.Findings = list
	return w.known.Idle(look)
}

// suggestedEnd is how long a waiver holds unless something else is typed: an end that is
// never reached is looked at by nobody.
const suggestedEnd = 30 * 24 * time.Hour

func (w *waivers) Suggested() string { return w.now().Add(suggestedEnd).Format(time.DateOnly) }

func (w *waivers) Check(until string) error {
	_, err := config.ParseUntil(until, w.now())
	return err
}

func (w *waivers) Accept(list []*finding.Finding, reason, until string) (*views.Waiving, error) {
	end, err := config.ParseUntil(until, w.now())
	if err != nil {
		return nil, err
	}
	var add []config.Waiver
	for _, f := range list {
		if w.known.Why(f) == "" {
			add = append(add, config.Accepting(f, w.context, sanitize.Line(reason, 500), end))
		}
	}
	edit, err := w.file.Accept(add)
	if err != nil {
		return nil, err
	}
	return w.waiving(edit), nil
}

func (w *waivers) Recall(list []*finding.Finding) (*views.Waiving, error) {
	covers := func(o config.Waiver) bool { return o.In(w.context) && slices.ContainsFunc(list, o.Covers) }
	edit, err := w.file.Recall(covers)
	if err != nil {
		return nil, err
	}
	out := w.waiving(edit)
	for _, o := range w.file.Waivers {
		if covers(o) && (strings.ContainsAny(o.Probe+o.Subject, "*?") || o.Context == "") {
			out.Notes = append(out.Notes, "The waiver of "+o.Probe+" "+o.Subject+" may cover other findings, or other clusters: they count again as well.")
		}
	}
	return out, nil
}

// diffLines and diffWidth bound the difference of the configuration file that is shown.
const (
	diffLines = 400
	diffWidth = 400
)

func (w *waivers) waiving(edit *config.Edit) *views.Waiving {
	return &views.Waiving{
		Path: edit.Path, New: edit.Absent, Diff: styled.Diff(edit.Before, edit.After, diffLines, diffWidth),
		Write: func() (views.Waivers, error) {
			if err := edit.Write(); err != nil {
				return nil, err
			}
			next := *w
			next.file = edit.File
			next.known = config.NewKnown(edit.File.Waivers, w.base, w.now()).Alone(w.context)
			return &next, nil
		},
	}
}
