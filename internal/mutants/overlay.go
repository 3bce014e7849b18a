package mutants

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Folder is the environment variable that tells the tests where Overlay wrote.
const Folder = "CAREEN_MUTANTS"

// Overlay writes into the folder to what go test wants for -overlay, overlay.json, and
// the sites beside it, sites.json: those of the files of a package, tests aside, whose
// names begin with prefix.
func Overlay(dir, prefix, to string) error {
	files, err := filepath.Glob(filepath.Join(dir, prefix+"*.go"))
	if err != nil {
		return err
	}
	var sites []Site
	replace := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text, found, err := Rewrite(file, source, len(sites))
		if err != nil {
			return err
		}
		original, err := filepath.Abs(file)
		if err != nil {
			return err
		}
		rewritten := filepath.Join(to, filepath.Base(file))
		if err := os.WriteFile(rewritten, text, 0o600); err != nil {
			return err
		}
		replace[original] = rewritten
		sites = append(sites, found...)
	}
	if len(sites) == 0 {
		return fmt.Errorf("no condition in %s", filepath.Join(dir, prefix+"*.go"))
	}
	return errors.Join(
		write(filepath.Join(to, "overlay.json"), map[string]any{"Replace": replace}),
		write(filepath.Join(to, "sites.json"), sites),
	)
}

func write(file string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// Sites are those that Overlay left in a folder.
func Sites(dir string) (sites []Site, err error) {
	data, err := os.ReadFile(filepath.Join(dir, "sites.json"))
	if err != nil {
		return nil, err
	}
	return sites, json.Unmarshal(data, &sites)
}
