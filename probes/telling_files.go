package probes

import (
	"fmt"
	"path"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// mountOf is the volume mount in which a file lies; ok is false where it lies in the
// image.
func mountOf(c *model.Container, file string) (best model.Mount, ok bool) {
	for _, m := range c.Mounts {
		at := path.Clean(m.Path)
		if (file == at || strings.HasPrefix(file, strings.TrimSuffix(at, "/")+"/")) && (!ok || len(at) > len(best.Path)) {
			best, ok = m, true
		}
	}
	return best, ok
}

// file joins a file that is not there to the volume that should hold it.
func (j joiner) file() account {
	file := j.t.Name
	if file == "" {
		return account{clause: fmt.Sprintf("a file is not there (%s)", quote(j.t.Line))}
	}
	out := account{clause: "file " + file + " does not exist"}
	m, mounted := mountOf(j.spec, path.Clean(file))
	switch {
	case !strings.HasPrefix(file, "/"):
		return out
	case !mounted && strings.HasPrefix(path.Clean(file), tokenMount+"/"):
		return j.token(out)
	case !mounted:
		out.clause += ", and no volume is mounted there"
		return out
	case m.From.IsZero():
		out.clause += fmt.Sprintf(" in volume %s", m.Volume)
		return out
	}
	out.evidence = append(out.evidence, finding.Evidence{Ref: j.pod.Ref(), Path: fmt.Sprintf("spec.containers[%s].volumeMounts[%s]", j.spec.Name, m.Volume), Value: m.Path, Note: "mounts " + m.From.String()})
	kind := string(m.From.Kind) + " " + m.From.Name
	a, absent := j.p.Absent(m.From)
	switch keys := keysOf(j.p.Row(m.From)); {
	case absent && a.Grade != finding.Proved:
	case absent:
		out.clause += fmt.Sprintf(": %s, which is mounted at %s, does not exist", kind, m.Path)
	case m.SubPath == "" && !j.renamed(m.From) && path.Dir(path.Clean(file)) == path.Clean(m.Path):
		out.clause += fmt.Sprintf(": %s, which is mounted at %s, has no key %s", kind, m.Path, path.Base(file))
		out.evidence = append(out.evidence, finding.Evidence{Ref: m.From, Path: "data", Value: text.Joined(keys, 8), Note: "the keys that are there"})
		for _, key := range keys {
			if key == path.Base(file) { // it came since
				out.clause = "file " + file + " did not exist; " + kind + " has it now"
			}
		}
	default:
		out.clause += fmt.Sprintf(" in %s, which is mounted at %s", kind, m.Path)
	}
	return out
}

// tokenMount is where the API server mounts the token of a pod's account.
const tokenMount = "/var/run/secrets/kubernetes.io/serviceaccount"

// token joins the token that is not there to the field that keeps it out.
func (j joiner) token(out account) account {
	ref := model.Ref{Kind: model.KindServiceAccount, Namespace: j.pod.Namespace, Name: j.pod.Template.ServiceAccount}
	a, _ := model.Get[*model.ServiceAccount](j.p.Snapshot, ref)
	switch {
	case !j.pod.Template.AutomountToken:
		out.clause = "it has no token for the API: automountServiceAccountToken is false in its pod's template"
		out.evidence = append(out.evidence, finding.Evidence{Ref: j.pod.Ref(), Path: "spec.automountServiceAccountToken", Value: "false"})
	case a != nil && a.AutomountToken != nil && !*a.AutomountToken:
		out.clause = fmt.Sprintf("it has no token for the API: automountServiceAccountToken is false in ServiceAccount %s", ref.Name)
		out.evidence = append(out.evidence, finding.Evidence{Ref: ref, Path: "automountServiceAccountToken", Value: "false"})
	default:
		out.clause += ", and no token of its account is mounted there"
	}
	return out
}

// renamed reports whether a volume gives keys of an object names of its own.
func (j joiner) renamed(from model.Ref) bool {
	for _, r := range j.pod.Refs {
		if r.To == from && r.Type == model.EdgeMounts && r.Key != "" {
			return true
		}
	}
	return false
}

// permission says as whom the container runs where a file or port is refused to it.
func (j joiner) permission() account {
	t, s := j.t, j.spec.Security
	as := ""
	switch {
	case s.User >= 0:
		as = fmt.Sprintf(" as user %d", s.User)
	case s.NonRoot:
		as = " as a user other than root"
	}
	if t.Port != 0 {
		out := account{clause: fmt.Sprintf("it may not listen on port %d", t.Port)}
		if as != "" {
			out.clause += ": it runs" + as
		}
		return out
	}
	if t.Name == "" {
		return account{clause: fmt.Sprintf("a file is refused to it (%s)", quote(t.Line))}
	}
	m, mounted := mountOf(j.spec, path.Clean(t.Name))
	switch {
	case t.Class == model.LogReadOnly && mounted && (m.ReadOnly || !m.From.IsZero()):
		return account{clause: fmt.Sprintf("it writes to %s, where volume %s is mounted read-only", t.Name, m.Volume)}
	case t.Class == model.LogReadOnly && !mounted && s.ReadOnlyRoot:
		return account{clause: fmt.Sprintf("it writes to %s, but its root file system is read-only and no volume is mounted there", t.Name)}
	case t.Class == model.LogReadOnly:
		return account{clause: fmt.Sprintf("it writes to %s, which is read-only", t.Name)}
	}
	out := account{clause: fmt.Sprintf("it has no permission for %s", t.Name)}
	if mounted {
		out.clause += fmt.Sprintf(" in volume %s", m.Volume)
	}
	if as != "" {
		out.clause += ", running" + as
		out.evidence = append(out.evidence, finding.Evidence{Ref: j.pod.Ref(), Path: fmt.Sprintf("spec.containers[%s].securityContext", j.spec.Name), Value: strings.TrimPrefix(as, " as "), Note: "as whom it runs"})
	}
	return out
}

// sharedMemory is where programs keep what several of their processes share. Runtimes give it
// 64 MiB (containerd internal/cri, CRI-O), unless a volume is mounted there.
const sharedMemory = "/dev/shm"

// disk joins a full disk to the volume that is full, as far as it is known.
func (j joiner) disk() account {
	phrase := phrases[model.LogDisk]
	file := path.Clean(j.t.Name)
	switch {
	case j.t.Name == "":
		return account{clause: fmt.Sprintf("%s (%s)", phrase[1], quote(j.t.Line))}
	case file != sharedMemory && !strings.HasPrefix(file, sharedMemory+"/"):
		return account{clause: fmt.Sprintf(phrase[0], j.t.Name)}
	}
	if m, mounted := mountOf(j.spec, file); mounted {
		return account{clause: fmt.Sprintf("volume %s, which is mounted at %s, is full", m.Volume, m.Path)}
	}
	return account{
		clause:   fmt.Sprintf("%s is full: the runtime gives it 64 MiB, and no volume is mounted there", sharedMemory),
		evidence: []finding.Evidence{{Ref: j.pod.Ref(), Path: fmt.Sprintf("spec.containers[%s].volumeMounts", j.spec.Name), Note: "none at " + sharedMemory + "; an emptyDir with medium Memory would be as large as its sizeLimit says"}},
	}
}
