package release

import "bytes"

// reading is how far a document could be read by its lines.
type reading int8

const (
	nothing    reading = iota // blanks and comments only
	understood                // apiVersion, kind and name were found
	odd                       // flow style, anchors, lists, quoted keys: for a YAML parser
)

// read takes what h needs from a document in block style. It relies on one rule of
// YAML: below a block mapping, whatever belongs to a value stands deeper than its
// key, so that a line at the depth of the keys is a key.
func (h *header) read(doc []byte) reading {
	var inMetadata, inAnnotations, items, begun bool
	keys, notes := 0, 0 // depth of the keys of metadata, and of its annotations
	for len(doc) > 0 {
		line := doc
		if i := bytes.IndexByte(doc, '\n'); i >= 0 {
			line, doc = doc[:i], doc[i+1:]
		} else {
			doc = nil
		}
		if begun && !inMetadata && len(line) > 0 && line[0] == ' ' {
			continue
		}
		text := bytes.TrimLeft(line, " ")
		depth := len(line) - len(text)
		text = bytes.TrimRight(text, " \t\r")
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		if depth == 0 && text[0] == '-' && begun && !inMetadata {
			continue // a list that stands as deep as its key
		}
		if text[0] == '\t' || depth > 0 && !inMetadata {
			return odd
		}
		switch {
		case depth == 0:
			key, value, ok := cutKey(text)
			if !ok {
				return odd
			}
			begun, inMetadata, inAnnotations, keys = true, false, false, 0
			switch string(key) {
			case "apiVersion":
				ok = scalar(&h.apiVersion, value)
			case "kind":
				ok = scalar(&h.kind, value)
			case "metadata":
				inMetadata, ok = true, comment(value)
			case "items":
				items = true
			}
			if !ok {
				return odd
			}
		case keys == 0 || depth == keys:
			keys, inAnnotations = depth, false
			if text[0] == '-' && depth == keys {
				continue
			}
			key, value, ok := cutKey(text)
			if !ok {
				return odd
			}
			switch string(key) {
			case "name":
				ok = scalar(&h.name, value)
			case "namespace":
				ok = comment(value) || scalar(&h.namespace, value)
			case "annotations":
				inAnnotations, notes = true, 0
				ok = comment(value) || string(value) == "{}" || string(value) == "null"
			}
			if !ok {
				return odd
			}
		case depth < keys:
			return odd
		case inAnnotations && (notes == 0 || depth == notes):
			notes = depth
			key, value, ok := cutKey(text)
			if !ok {
				key, value, ok = cutQuotedKey(text)
			}
			if !ok {
				return odd
			}
			if string(key) == policyAnnotation {
				var policy []byte
				if !scalar(&policy, value) {
					return odd
				}
				h.keep = keeps(policy)
			}
		}
	}
	switch {
	case !begun:
		return nothing
	case items && bytes.HasSuffix(h.kind, []byte("List")), len(h.kind) == 0, len(h.name) == 0, len(h.apiVersion) == 0:
		return odd
	}
	return understood
}

// policyAnnotation set to "keep" makes an uninstall leave the object
// (helm pkg/kube/resource_policy.go).
const policyAnnotation = "helm.sh/resource-policy"

func keeps(policy []byte) bool { return bytes.EqualFold(bytes.TrimSpace(policy), []byte("keep")) }

// cutKey splits "key: value"; only plain keys count.
func cutKey(text []byte) (key, value []byte, ok bool) {
	i := 0
	for i < len(text) && keyByte(text[i]) {
		i++
	}
	if i == 0 || i == len(text) || text[i] != ':' || i+1 < len(text) && !blank(text[i+1]) {
		return nil, nil, false
	}
	return text[:i], bytes.TrimLeft(text[i+1:], " \t"), true
}

func keyByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '/' || c == '-' || c == '_'
}

func cutQuotedKey(text []byte) (key, value []byte, ok bool) {
	quote := text[0]
	if quote != '"' && quote != '\'' {
		return nil, nil, false
	}
	end := bytes.IndexByte(text[1:], quote)
	if end < 0 || bytes.IndexByte(text[1:end+1], '\\') >= 0 {
		return nil, nil, false
	}
	rest := text[end+2:]
	if len(rest) == 0 || rest[0] != ':' || len(rest) > 1 && !blank(rest[1]) {
		return nil, nil, false
	}
	return text[1 : end+1], bytes.TrimLeft(rest[1:], " \t"), true
}

// comment reports whether nothing stands in value but a comment.
func comment(value []byte) bool { return len(value) == 0 || value[0] == '#' }

// scalar reads a value that is plain, or quoted without escapes.
func scalar(to *[]byte, value []byte) bool {
	if comment(value) {
		return false
	}
	if q := value[0]; q == '"' || q == '\'' {
		end := bytes.IndexByte(value[1:], q)
		if end <= 0 || bytes.IndexByte(value[1:end+1], '\\') >= 0 || !comment(bytes.TrimLeft(value[end+2:], " \t")) {
			return false
		}
		*to = value[1 : end+1]
		return true
	}
	if bytes.IndexByte([]byte("{}[]&*!|>%@`?,~:"), value[0]) >= 0 || string(value) == "null" {
		return false
	}
	if i := bytes.Index(value, []byte(" #")); i >= 0 {
		value = bytes.TrimRight(value[:i], " \t")
	}
	*to = value
	return true
}
