package sanitize

import "unicode"

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// hidden reports whether a rune takes no room or steers the text around it.
func hidden(r rune) bool {
	switch {
	case r < 0xa0:
		return false
	case r == 0x034f || r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5 || r == 0x3164 || r == 0xffa0:
		return true // joiners and fillers that draw nothing
	case r >= 0xe0000 && r <= 0xe0fff: // tags, and variation selectors
		return true
	}
	return selects(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// selects reports whether r is a variation selector.
func selects(r rune) bool {
	return r >= 0x180b && r <= 0x180f || r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef
}

// joins reports whether a hidden rune may stay between two others, since it does what
// it is for: one joiner between emoji, or between letters of a script that is written
// with them (Unicode 23.2), and one variation selector behind what has variants (UTS
// 51, UTS 37). More of them would hide what they spell.
func joins(before, r, next rune) bool {
	switch {
	case r == joiner && (isEmoji(before) || before == 0xfe0f) && isEmoji(next):
		return true
	case r == joiner || r == nonJoiner:
		return unicode.In(before, joining...) && unicode.In(next, joining...)
	case r == 0xfe0e || r == 0xfe0f:
		return isEmoji(before) || before == '#' || before == '*' || before >= '0' && before <= '9'
	case r >= 0xfe00 && r <= 0xfe02 || r >= 0xe0100 && r <= 0xe01ef:
		return unicode.Is(unicode.Han, before) || unicode.Is(unicode.Sm, before) && before > 0x7f
	case r >= 0x180b && r <= 0x180f && r != 0x180e:
		return unicode.Is(unicode.Mongolian, before) && unicode.IsLetter(before)
	}
	return false
}

// joining are the scripts whose letters change their form by joiners.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Myanmar, unicode.Khmer, unicode.Balinese, unicode.Javanese, unicode.Tibetan,
}

// isEmoji reports whether r is drawn as a picture, or may be.
func isEmoji(r rune) bool {
	switch {
	case r >= 0x1f000 && r <= 0x1faff:
		return true
	case r >= 0x2190 && r <= 0x21ff, r >= 0x2300 && r <= 0x23ff, r >= 0x2460 && r <= 0x27bf, r >= 0x2900 && r <= 0x297f, r >= 0x2b00 && r <= 0x2bff:
		return true
	}
	switch r {
	case 0xa9, 0xae, 0x203c, 0x2049, 0x2122, 0x2139, 0x3030, 0x303d, 0x3297, 0x3299:
		return true
	}
	return false
}
