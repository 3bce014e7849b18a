package scene

import "strings"

// Plan is what a fixture plans: a chart to install or upgrade, for preflight, or a
// release to uninstall, for forecast.
type Plan struct {
	Release   string `json:"release"`
	Namespace string `json:"namespace"`

	// Chart are the files of the chart, by path. Its Chart.yaml may be left out.
	Chart map[string]string `json:"chart"`
	// Bulk are files of the chart that are made up: so many bytes that do not compress.
	Bulk   map[string]int `json:"bulk"`
	Values map[string]any `json:"values"`
	// Flags are flags of the command, as they are written: "--create-namespace".
	Flags []string `json:"flags"`
	// Installer is who will install, of --installer.
	Installer string `json:"installer"`
}

// Flag reports whether the plan has a flag.
func (p Plan) Flag(name string) bool {
	for _, f := range p.Flags {
		if f == name {
			return true
		}
	}
	return false
}

// Files are the files of the chart, whole.
func (p Plan) Files() map[string][]byte {
	out := map[string][]byte{"Chart.yaml": []byte("apiVersion: v2\nname: " + p.Release + "\nversion: 1.0.0\n")}
	for name, text := range p.Chart {
		out[name] = []byte(strings.TrimPrefix(text, "\n"))
	}
	for name, size := range p.Bulk {
		out[name] = noise(size)
	}
	return out
}

// noise is n bytes that do not compress, the same each time: a xorshift.
func noise(n int) []byte {
	out := make([]byte, n)
	x := uint64(88172645463325252)
	for i := range out {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		out[i] = byte(x)
	}
	return out
}
