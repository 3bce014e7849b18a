package command

import (
	"encoding/json"
	"runtime/debug"
	"strings"
	"testing"
)

func TestTheVersionIsKnownHoweverItWasBuilt(t *testing.T) {
	setting := func(pairs ...string) (out []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	const hash = "9e537665b8b64ba8a7e8a2d2ac1c7f6f4c1b2a39"
	checkout := setting("vcs.revision", hash, "vcs.time", "2026-11-25T23:13:00Z", "vcs.modified", "true")
	for name, c := range map[string]struct {
		linked   build
		main     string
		settings []debug.BuildSetting
		want     build
	}{
		"make build":                {build{Version: "v0.5.0-3-g9e53766", Commit: hash}, "v0.5.1-0.20261125231300-9e537665b8b6+dirty", checkout, build{Version: "v0.5.0-3-g9e53766", Commit: hash, Date: "2026-11-25T23:13:00Z", Modified: true}},
		"a release":                 {build{Version: "v0.5.0", Commit: hash, Date: "2026-11-25T23:13:00Z"}, "(devel)", nil, build{Version: "v0.5.0", Commit: hash, Date: "2026-11-25T23:13:00Z"}},
		"go build":                  {build{}, "v0.5.1-0.20261125231300-9e537665b8b6+dirty", checkout, build{Version: "v0.5.1-0.20261125231300-9e537665b8b6+dirty", Commit: hash, Date: "2026-11-25T23:13:00Z", Modified: true}},
		"go install of a version":   {build{}, "v0.5.0", nil, build{Version: "v0.5.0"}},
		"go install of a commit":    {build{}, "v0.0.0-20261125231300-9e537665b8b6", nil, build{Version: "v0.0.0-20261125231300-9e537665b8b6", Commit: "9e537665b8b6", Date: "2026-11-25T23:13:00Z"}},
		"an archive of the sources": {build{}, "(devel)", nil, build{Version: "dev"}},
		"nothing is recorded":       {build{}, "", nil, build{Version: "dev"}},
	} {
		got := buildOf(c.linked, &debug.BuildInfo{Main: debug.Module{Version: c.main}, Settings: c.settings})
		if got.Go == "" || !strings.Contains(got.Platform, "/") {
			t.Errorf("%s: %+v", name, got)
		}
		got.Go, got.Platform = "", ""
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if got := buildOf(build{}, nil); got.Version != "dev" {
		t.Errorf("without build information: %+v", got)
	}
}

func TestTheVersionIsPrinted(t *testing.T) {
	s := newShell(t)
	if code := s.run("version"); code != codeOK || !strings.HasPrefix(s.out.String(), "careen "+built().Version+"\n") || !strings.Contains(s.out.String(), "commit") {
		t.Errorf("exit code %d: %s%s", code, s.out.String(), s.err.String())
	}
	if s.run("--version"); s.out.String() != "careen "+built().Version+"\n" {
		t.Errorf("--version prints %q", s.out.String())
	}
	var b build
	if code := s.run("version", "-o", "json"); code != codeOK || json.Unmarshal(s.out.Bytes(), &b) != nil || b != built() {
		t.Errorf("exit code %d: %s%s", code, s.out.String(), s.err.String())
	}
	if code := s.run("version", "-o", "xml"); code != codeUsage || !strings.Contains(s.err.String(), "formats: text, json") {
		t.Errorf("exit code %d: %s", code, s.err.String())
	}
	if !strings.HasPrefix(userAgent(), "careen/") || strings.ContainsAny(userAgent(), " \t\n") {
		t.Errorf("servers are told %q", userAgent())
	}
}
