package command

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/report"
)

// What the linker sets in what is released; else what Go recorded counts.
var version, commit, date string

// build is what is known of this program.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Date     string `json:"date,omitempty"` // of the commit
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// built is what is known of this program, however it was built: by the project's
// Makefile, with go build in a checkout, or with go install of a version.
var built = sync.OnceValue(func() build {
	info, _ := debug.ReadBuildInfo()
	return buildOf(build{Version: version, Commit: commit, Date: date}, info)
})

// pseudo is the end of a version that Go makes of a commit: its time and the beginning
// of its hash.
var pseudo = regexp.MustCompile(`[-.](\d{14})-([0-9a-f]{12})(\+dirty)?$`)

// buildOf reads what the linker set and Go recorded. A checkout tells the commit and its
// time; of a version that was downloaded, only a pseudo-version does.
func buildOf(b build, info *debug.BuildInfo) build {
	b.Go, b.Platform = runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH
	if info == nil {
		b.Version = cmp.Or(b.Version, "dev")
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = cmp.Or(b.Commit, s.Value)
		case "vcs.time":
			b.Date = cmp.Or(b.Date, s.Value)
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	main := info.Main.Version
	if m := pseudo.FindStringSubmatch(main); m != nil && b.Commit == "" {
		b.Commit, b.Modified = m[2], m[3] != ""
		if at, err := time.Parse("20060102150405", m[1]); err == nil {
			b.Date = at.Format(time.RFC3339)
		}
	}
	if main == "(devel)" {
		main = ""
	}
	b.Version = cmp.Or(b.Version, main, "dev")
	return b
}

// Text is the version for a person.
func (b build) Text() string {
	var out strings.Builder
	fmt.Fprintf(&out, "careen %s\n", b.Version)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&out, "  %-8s %s\n", name, value)
		}
	}
	commit := b.Commit
	if commit != "" && b.Modified {
		commit += ", and changes that are in no commit"
	}
	line("commit", cmp.Or(commit, "not recorded"))
	line("date", cmp.Or(b.Date, "not recorded"))
	line("built by", b.Go+" for "+b.Platform)
	return out.String()
}

// versionFormats are those of the version.
var versionFormats = report.Formats[build]{
	{Name: "text", Extension: "txt", Doc: "for people", Commands: []string{"version"}, Write: func(w io.Writer, b build, _ report.Options) error {
		_, err := io.WriteString(w, b.Text())
		return err
	}},
	{Name: "json", Extension: "json", Doc: "for scripts", Commands: []string{"version"}, Write: func(w io.Writer, b build, _ report.Options) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(b)
	}},
}

func newVersion(s Streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "The version of careen, and the commit that it was built from",
		RunE: func(*cobra.Command, []string) error {
			f, err := versionFormats.Find(format)
			if err != nil {
				return usageError(err)
			}
			return written(f.Write(s.Out, built(), report.Options{}))
		},
	}
	bindFormat(cmd, &format, versionFormats, "format")
	return cmd
}
