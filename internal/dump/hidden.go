package dump

import (
	"encoding/base64"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

const maxKeyName = 253

// hide takes out of a Secret or ConfigMap the values that whoever made the dump replaced,
// and returns their keys: of these the key is known, and nothing else. stripped is true
// for a Secret whose data was taken out as a whole, so that its keys are not known
// either. An empty value of a Secret is one that was taken out: oc adm inspect leaves
// the keys (openshift/oc pkg/cli/admin/inspect).
func hide(u *unstructured.Unstructured) (keys []string, stripped bool) {
	secret := u.GetKind() == string(model.KindSecret)
	if !secret && u.GetKind() != string(model.KindConfigMap) || !isCore(u.GetAPIVersion()) {
		return nil, false
	}
	for _, field := range []string{"data", "binaryData"} {
		data, _ := u.Object[field].(map[string]any)
		encoded := secret || field == "binaryData"
		for k, v := range data {
			text, isText := v.(string)
			gone := v == nil || isText && redacted(text) && (secret || text != "")
			if isText && !gone && encoded {
				plain, err := base64.StdEncoding.DecodeString(text)
				gone = err != nil || redacted(string(plain)) && len(plain) < 64
			}
			if gone {
				delete(data, k)
				keys = append(keys, sanitize.Line(k, maxKeyName))
			}
		}
	}
	if secret {
		delete(u.Object, "stringData") // a manifest's, which no server prints
		stripped = u.Object["data"] == nil && len(keys) == 0
	}
	return keys, stripped
}

func isCore(apiVersion string) bool { return apiVersion == "v1" }

// redacted reports whether a value was replaced by whoever made the dump.
func redacted(value string) bool {
	v := strings.ToUpper(strings.Trim(value, "*<>[]() \r\n"))
	return v == "" || strings.Contains(v, "REDACTED") && len(v) < 64 || v == "HIDDEN" || v == "MASKED" || v == "REMOVED"
}

// conceal notes on a row what hide took out.
func conceal(row model.Row, keys []string, stripped bool) {
	with := func(have []model.DataKey) []model.DataKey {
		for _, k := range keys {
			have = append(have, model.DataKey{Name: k, Hidden: true})
		}
		slices.SortFunc(have, func(a, b model.DataKey) int { return strings.Compare(a.Name, b.Name) })
		return have
	}
	switch o := row.(type) {
	case *model.Secret:
		o.Keys, o.Stripped = with(o.Keys), stripped
		if len(keys) > 0 || stripped {
			o.Hash = ""
		}
	case *model.ConfigMap:
		o.Keys = with(o.Keys)
		if len(keys) > 0 {
			o.Hash = ""
		}
	}
}
