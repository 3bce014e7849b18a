package hosts

import (
	"strconv"
	"strings"
)

// row is a text that differs from entry to entry by nothing but numbers that count
// up with the member's own: texts with numbers between them. One that is the same in
// all entries is a row as well.
type row []term

type term struct {
	text   string
	number bool // the member's number and plus
	plus   int
}

// rowOf finds the row of texts, one of each entry, whose members have these numbers.
// ok is false where the texts differ in any other way.
func rowOf(texts []string, numbers []int) (r row, ok bool) {
	parts := make([][]string, len(texts))
	for i, t := range texts {
		parts[i] = apart(t)
		if len(parts[i]) != len(parts[0]) {
			return nil, false
		}
	}
	for k, first := range parts[0] {
		same := true
		for i := range parts {
			same = same && parts[i][k] == first
		}
		if same {
			r = append(r, term{text: first})
			continue
		}
		t := term{number: true}
		for i := range parts {
			n, err := strconv.Atoi(parts[i][k])
			if err != nil || strconv.Itoa(n) != parts[i][k] || i > 0 && n-numbers[i] != t.plus {
				return nil, false
			}
			t.plus = n - numbers[i]
		}
		r = append(r, t)
	}
	return r, true
}

// apart parts a text into numbers and what stands between them, in turn; the first
// and the last are texts, which may be empty.
func apart(s string) (out []string) {
	from := 0
	for i := 1; i <= len(s); i++ {
		if i == len(s) || isDigit(s[i]) != isDigit(s[i-1]) {
			if from == 0 && isDigit(s[0]) {
				out = append(out, "")
			}
			out = append(out, s[from:i])
			from = i
		}
	}
	return out
}

// of is the row's text for a member; ok is false for a number below zero.
func (r row) of(number int) (text string, ok bool) {
	var b strings.Builder
	for _, t := range r {
		if !t.number {
			b.WriteString(t.text)
			continue
		}
		if number+t.plus < 0 {
			return "", false
		}
		b.WriteString(strconv.Itoa(number + t.plus))
	}
	return b.String(), true
}

// counts reports whether the row has a number that differs.
func (r row) counts() bool {
	for _, t := range r {
		if t.number {
			return true
		}
	}
	return false
}

// The pattern of a row is its text with {} for the member's number, {+1} for the one
// after it, and so on. It holds no other braces.
func (r row) pattern() string {
	var b strings.Builder
	for _, t := range r {
		switch {
		case !t.number:
			b.WriteString(strings.NewReplacer("{", "", "}", "").Replace(t.text))
		case t.plus == 0:
			b.WriteString("{}")
		default:
			b.WriteString("{" + signed(t.plus) + "}")
		}
	}
	return b.String()
}

func signed(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// rowFrom is the row of a pattern.
func rowFrom(pattern string) (r row) {
	for pattern != "" {
		text, rest, has := strings.Cut(pattern, "{")
		if text != "" {
			r = append(r, term{text: text})
		}
		if !has {
			break
		}
		plus, behind, _ := strings.Cut(rest, "}")
		n, _ := strconv.Atoi(plus)
		r = append(r, term{number: true, plus: n})
		pattern = behind
	}
	return r
}
