package sanitize

// sequence is the length of the escape sequence at the start of s, 0 where none
// begins. A string sequence without its end stops at the newline.
func sequence(s string, r rune, size int) int {
	var kind byte
	switch r {
	case 0x1b:
		if len(s) < 2 {
			return 1
		}
		kind, size = s[1], 2
	case 0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f:
		kind = byte(r) - 0x40
	default:
		return 0
	}
	switch kind {
	case '[':
		return size + control(s[size:])
	case ']', 'P', 'X', '^', '_':
		return size + stringEnd(s[size:])
	}
	if kind >= 0x20 && kind <= 0x2f {
		return size + escape(s[size:])
	}
	if kind < 0x30 || kind > 0x7e {
		return 1 // a lone ESC: what follows is judged by itself
	}
	return size
}

// control is the length of a CSI's parameters, intermediates and final byte.
func control(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// escape is the length of an escape's further intermediates and final byte.
func escape(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		i++
	}
	return i
}

// stringEnd is the length up to and with BEL, ESC \ or U+009C.
func stringEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == 0x07:
			return i + 1
		case s[i] == '\n':
			return i
		case s[i] == 0x1b:
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return i
		case s[i] == 0xc2 && i+1 < len(s) && s[i+1] == 0x9c:
			return i + 2
		}
	}
	return len(s)
}
