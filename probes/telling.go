package probes

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// account is what a log says of why a container fails, joined to the objects that it
// names.
type account struct {
	clause   string // the end of a sentence that begins with the container's failure
	evidence []finding.Evidence
	causes   []finding.ID
	shown    bool // of a host: what stands behind it explains that
}

// tailOf is the end of a container's log, where it was read.
func tailOf(p *Pass, pod *model.Pod, container string) (*model.LogTail, bool) {
	return model.Get[*model.LogTail](p.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + container})
}

// tellingOf is the telling line of the first of a failing container's pods that has
// one.
func (f failing) tellingOf(p *Pass) (*model.Pod, *model.Telling) {
	worst, _ := f.worst()
	for _, pod := range append([]*model.Pod{worst}, f.pods...) {
		if tail, ok := tailOf(p, pod, f.name); ok && tail.Telling != nil {
			return pod, tail.Telling
		}
	}
	return nil, nil
}

// accountOf says in words what the telling line of a container says, and what of it the
// cluster's objects bear out.
func accountOf(p *Pass, pod *model.Pod, container string, t *model.Telling) account {
	spec := containerOf(pod.Template, container)
	if spec == nil {
		spec = &model.Container{Name: container}
	}
	j := joiner{p, pod, spec, t}
	out := j.join()
	out.evidence = append([]finding.Evidence{{Ref: pod.Ref(), Path: "log", Value: t.Line, Note: "the line of container " + container + "'s log that tells most"}}, out.evidence...)
	return out
}

// joiner joins one telling line to the cluster.
type joiner struct {
	p    *Pass
	pod  *model.Pod
	spec *model.Container
	t    *model.Telling
}

func (j joiner) join() account {
	t := j.t
	switch t.Class {
	case model.LogRefused, model.LogUnknown, model.LogNoAnswer, model.LogTLS:
		return j.host()
	case model.LogDenied:
		return j.login()
	case model.LogFile:
		return j.file()
	case model.LogPermission, model.LogReadOnly:
		return j.permission()
	case model.LogInUse:
		return j.inUse()
	case model.LogSetting:
		return j.setting()
	case model.LogDisk:
		return j.disk()
	case model.LogForbidden:
		return account{clause: "its account may not " + t.Verb + " " + t.What + " in the API", causes: j.forbidden()}
	}
	if phrase, ok := phrases[t.Class]; ok {
		if t.Name == "" {
			return account{clause: fmt.Sprintf("%s (%s)", phrase[1], quote(t.Line))}
		}
		return account{clause: fmt.Sprintf(phrase[0], t.Name)}
	}
	return account{clause: fmt.Sprintf("its log says %s", quote(t.Line))}
}

// quote puts the beginning of a line in quotes that it does not itself have, as it is: it
// holds nothing that cannot be printed.
func quote(line string) string {
	mark := `"`
	if line = cutAt(line, quoted); strings.Contains(line, mark) {
		mark = "'"
	}
	return mark + line + mark
}

// phrases are for the classes that name nothing in the cluster: with the name that the
// line has, and without one.
var phrases = map[model.LogClass][2]string{
	model.LogDatabase:  {"the database server answers, but has no database %s", "the database server answers, but does not have its database"},
	model.LogMigration: {"the schema of its database is not as it expects: %s", "the schema of its database is not as it expects"},
	model.LogArgument:  {"it does not know the argument %s", "it does not know an argument"},
	model.LogParse:     {"it cannot parse its configuration %s", "it cannot parse its configuration"},
	model.LogCommand:   {"it cannot run %s", "it cannot run a command"},
	model.LogModule:    {"its image lacks %s", "its image lacks a library"},
	model.LogDisk:      {"the disk of %s is full", "its disk is full"},
	model.LogRoot:      {"it refuses to run as root: %s", "it refuses to run as root"},
	model.LogLimit:     {"it reaches a limit (%s)", "it reaches a limit"},
	model.LogNoWrites:  {"what it writes to takes no writes (%s)", "what it writes to takes no writes"},
	model.LogLocked:    {"it does not get a lock in its database (%s)", "it does not get a lock in its database"},
	model.LogMemory:    {"it runs out of memory (%s)", "it runs out of memory"},
}

const quoted = 140 // bytes of a line in a summary

// cutAt cuts a line for a summary.
func cutAt(line string, n int) string {
	if len(line) <= n {
		return line
	}
	return strings.ToValidUTF8(line[:n], "") + "…"
}

// forbidden names the finding about a right that an account lacks.
func (j joiner) forbidden() []finding.ID {
	if d, ok := deniedBy(j.pod, j.t); ok {
		return []finding.ID{d.id()}
	}
	return nil
}
