package probes

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// exitMeanings are the exit codes that a shell, the runtime or the kernel gives: 126 and
// 127 are POSIX sh's, and 127 that of the dynamic loader too (ld.so, musl), those above 128 a signal's number more.
// A shell passes on how its last command ended: a child may have been killed for lack of memory, of which the
// runtime does not tell.
var exitMeanings = map[int32]string{
	126: "its command cannot be executed (exit code 126)",
	127: "a command or library is not found (exit code 127)",
	132: "it executes an instruction that the CPU does not have (exit code 132, SIGILL)",
	134: "it aborts itself (exit code 134, SIGABRT)",
	135: "it crashes with a bus error (exit code 135, SIGBUS)",
	136: "it crashes with an arithmetic error (exit code 136, SIGFPE)",
	137: "it or a process that it runs is killed, without OOMKilled (exit code 137, SIGKILL)",
	139: "it crashes with a segmentation fault (exit code 139, SIGSEGV)",
	143: "it is told to stop (exit code 143, SIGTERM)",
}

// failingSummary says in one sentence how a container fails.
func failingSummary(f failing) string {
	_, c := f.worst()
	exit := lastExit(c)
	switch f.how {
	case unmade:
		if why := startMessage(c.Waiting.Message, f.specOf()); why != "" {
			return fmt.Sprintf("%s cannot start: %s.", f.where(), why)
		}
		return fmt.Sprintf("%s cannot be created: %s.", f.where(), clause(c.Waiting.Message, c.Waiting.Reason))
	case starved:
		if spec := f.specOf(); spec != nil && spec.Limits["memory"] != "" {
			if f.limited() {
				return fmt.Sprintf("%s is OOMKilled repeatedly: its memory limit is %s, which was set when its pod was admitted (its template says %s).",
					f.where(), spec.Limits["memory"], cmp.Or(f.asked.Limits["memory"], "none"))
			}
			return fmt.Sprintf("%s is OOMKilled repeatedly: its memory limit is %s.", f.where(), spec.Limits["memory"])
		}
		return fmt.Sprintf("%s is OOMKilled repeatedly: it has no memory limit, so the memory of the node or of its pod ran out.", f.where())
	case crashing, unpulled:
	}
	if exit == nil {
		return f.where() + " is crash-looping."
	}
	if exit.Reason == "StartError" || exit.Reason == "ContainerCannotRun" {
		if why := startMessage(exit.Message, f.specOf()); why != "" {
			return fmt.Sprintf("%s cannot start: %s.", f.where(), why)
		}
		return fmt.Sprintf("%s cannot start: %s.", f.where(), clause(exit.Message, exit.Reason))
	}
	if meaning, ok := exitMeanings[exit.Code]; ok {
		return fmt.Sprintf("%s is crash-looping: %s.", f.where(), meaning)
	}
	if exit.Code == 0 {
		return fmt.Sprintf("%s is crash-looping: it ends by itself with exit code 0, but its pods are to keep running (restartPolicy Always).", f.where())
	}
	return fmt.Sprintf("%s is crash-looping, exit code %d.", f.where(), exit.Code)
}

// notInImage is what is said of a command that is not there.
const notInImage = "its command %s is not in the image"

// startMessages are what runtimes say of a container that they cannot start (runc
// libcontainer, containerd, CRI-O).
var startMessages = []struct {
	is   *regexp.Regexp
	says string
}{
	{regexp.MustCompile(`exec: "([^"]+)": (?:executable file )?not found in \$PATH`), notInImage},
	{regexp.MustCompile(`exec: "([^"]+)": stat [^:]+: no such file or directory`), notInImage},
	{regexp.MustCompile(`exec: "([^"]+)": permission denied`), "its command %s may not be executed"},
	{regexp.MustCompile(`exec (/[^:\s]+): exec format error`), "its command %s is not built for the CPU of the node"},
	{regexp.MustCompile(`(exec format error)`), "its command is not built for the CPU of the node (%s)"},
	{regexp.MustCompile(`error mounting "[^"]+" to rootfs at "([^"]+)".*not a directory`), "the mount at %s puts a file over a directory, or a directory over a file"},
	{regexp.MustCompile(`error mounting "[^"]+" to rootfs at "([^"]+)"`), "the volume for %s cannot be mounted"},
	{regexp.MustCompile(`chdir to cwd \("([^"]+)"\)`), "its working directory %s does not exist"},
	{regexp.MustCompile(`failed to prepare subPath for volumeMount "([^"]+)"`), "the subPath of its volume mount %s cannot be prepared"},
	{regexp.MustCompile(`(container has runAsNonRoot and image (?:will run as root|has non-numeric user \([^)]*\)))`), "%s"},
	{regexp.MustCompile(`unable to find user ([^:\s]+): no matching entries in passwd file`), "user %s, as which it is to run, is not in the image"},
	{regexp.MustCompile(`(container init was OOM-killed)`), "its memory limit is too low to start at all (%s)"},
}

// startMessage says in words what a runtime said of a container, nil where its specification
// is not known; empty where it is of no known form. A command that should come from a volume,
// or that one hides, is not the image's to have.
func startMessage(message string, c *model.Container) string {
	for _, m := range startMessages {
		if found := m.is.FindStringSubmatch(message); found != nil {
			if m.says == notInImage && c != nil {
				if at, mounted := mountOf(c, path.Clean(found[1])); mounted {
					return fmt.Sprintf("its command %s is not in volume %s, which is mounted at %s", found[1], at.Volume, at.Path)
				}
			}
			return fmt.Sprintf(m.says, found[1])
		}
	}
	return ""
}

// tells reports whether a telling line is why a container ended. One that was killed from
// outside is told of only by what ends a program, and one that the runtime could not
// start has said nothing.
func (f failing) tells(p *Pass, pod *model.Pod, t *model.Telling) bool {
	_, c := f.worst()
	exit := lastExit(c)
	switch {
	case exit == nil:
		return true
	case exit.Reason == "StartError" || exit.Reason == "ContainerCannotRun":
		return false
	case exit.Code == 137 || exit.Code == 143 || exit.Code == 0:
		return t.Fatal && t.Class != model.LogSaid || waitsFor(t)
	}
	return !strings.HasPrefix(t.Line, "Killed")
}

// waitsFor reports whether a line is about something that a program waits for.
func waitsFor(t *model.Telling) bool {
	return t.Class == model.LogRefused || t.Class == model.LogUnknown || t.Class == model.LogNoAnswer
}
