package project

// owned reads a FieldsV1 and reports whether it holds something below data,
// binaryData or stringData, below spec, and spec.replicas. Only the outer two
// levels of names are looked at, in one pass and without decoding.
func owned(raw []byte) (data, spec, replicas bool) {
	depth, inSpec := 0, false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 1 {
				inSpec = false
			}
		case '"':
			start := i + 1
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if i >= len(raw) || i+1 >= len(raw) || raw[i+1] != ':' {
				continue
			}
			switch key := raw[start:i]; {
			case depth == 1:
				switch string(key) {
				case "f:data", "f:binaryData", "f:stringData":
					data = true
				case "f:spec":
					spec, inSpec = true, true
				}
			case depth == 2 && inSpec && string(key) == "f:replicas":
				replicas = true
			}
		}
	}
	return data, spec, replicas
}
