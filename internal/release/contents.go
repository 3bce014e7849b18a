package release

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Contents is what a record holds beyond what Decode keeps. It is as it stands in
// the record: not sanitised, and holding whatever secrets the release was given.
// Whoever reads it masks it before anything is shown, and keeps none of it.
type Contents struct {
	Manifest string
	Notes    string
	Values   map[string]any // as the operator gave them
	Defaults map[string]any // the chart's
	Hooks    []HookText
}

// HookText is a hook's manifest.
type HookText struct{ Name, Path, Manifest string }

// Read returns the contents of a stored record, within the bounds of Decode.
func Read(stored []byte) (*Contents, error) {
	raw, _, err := Raw(stored)
	if err != nil {
		return nil, err
	}
	var r struct {
		Info struct {
			Notes string `json:"notes"`
		} `json:"info"`
		Chart struct {
			Values map[string]any `json:"values"`
		} `json:"chart"`
		Config   map[string]any `json:"config"`
		Manifest string         `json:"manifest"`
		Hooks    []struct {
			Name     string `json:"name"`
			Path     string `json:"path"`
			Manifest string `json:"manifest"`
		} `json:"hooks"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("reading the record: %w", errNotJSON)
	}
	if len(r.Manifest) > maxManifest {
		return nil, fmt.Errorf("reading the record: %w", errManifest)
	}
	c := &Contents{Manifest: strings.ToValidUTF8(r.Manifest, "\uFFFD"), Notes: r.Info.Notes, Values: r.Config, Defaults: r.Chart.Values}
	for _, h := range r.Hooks[:min(len(r.Hooks), maxHooks)] {
		c.Hooks = append(c.Hooks, HookText{h.Name, h.Path, h.Manifest})
	}
	return c, nil
}

// Documents splits a manifest, at most 2,000 documents; those without content are
// left out.
func Documents(manifest string) []string {
	var out []string
	rest := []byte(manifest)
	for len(rest) > 0 && len(out) < maxObjects {
		var doc []byte
		doc, rest = cutDocument(rest)
		if text := strings.TrimSpace(string(doc)); text != "" {
			out = append(out, string(doc))
		}
	}
	return out
}
