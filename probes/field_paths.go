package probes

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// splitPath splits a field path into the elements of a Patch: names, and list
// indices as decimal numbers.
func splitPath(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// referrer is the path of the structure that holds a reference's name: a volume's
// source for one of its items.
func referrer(r model.Reference) string {
	base, _, _ := strings.Cut(r.Path, ".items[")
	return base
}

// nameField is the path of the field that holds the name of what r refers to, or nil
// where the name cannot be changed in place.
func nameField(r model.Reference) []string {
	base := referrer(r)
	last := base[strings.LastIndexByte(base, '.')+1:]
	volume := strings.Contains(base, ".volumes[") && !strings.Contains(base, ".projected.")
	switch {
	case r.Type == model.EdgeBinds || r.Type == model.EdgeServes:
		return nil // roleRef and a StatefulSet's serviceName cannot be changed
	case r.Type == model.EdgeClass:
		return splitPath(base)
	case r.Type == model.EdgeTLS || volume && (last == "secret" || last == "azureFile"):
		return splitPath(base + ".secretName")
	case last == "persistentVolumeClaim":
		return splitPath(base + ".claimName")
	case last == "ephemeral":
		return nil // the name is made from the pod's
	}
	return splitPath(base + ".name")
}

// keyField is the path of the field that holds the key.
func keyField(r model.Reference) []string { return splitPath(r.Path + ".key") }

// optionalField is the path of the field by which a reference becomes optional, or
// nil where it has none.
func optionalField(r model.Reference) []string {
	switch r.To.Kind {
	case model.KindSecret, model.KindConfigMap:
	default:
		return nil
	}
	switch r.Type {
	case model.EdgeEnv, model.EdgeEnvFrom:
		return splitPath(r.Path + ".optional")
	case model.EdgeMounts:
		base := referrer(r)
		if strings.HasSuffix(base, ".secret") || strings.HasSuffix(base, ".configMap") {
			return splitPath(base + ".optional")
		}
	}
	return nil
}
