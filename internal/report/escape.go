package report

import (
	"html"
	"strings"
	"unicode"
)

// prose makes text safe within a Markdown paragraph or table cell: it stays one
// line, no character of it is markup, and the signs with which forges refer to
// people, issues and labels stand in an element of their own, since forges look
// for those in the rendered text, where a backslash is gone.
func prose(text string) string {
	var b strings.Builder
	line := oneLine(text)
	for i, r := range line {
		switch {
		case r == '<' || r == '>' || r == '&':
			b.WriteString(html.EscapeString(string(r)))
		case strings.ContainsRune("@#!$~%^", r):
			b.WriteString("<span>\\" + string(r) + "</span>")
		case strings.ContainsRune("\\`*_[]|", r):
			b.WriteString("\\" + string(r))
		case r == '/' && strings.HasPrefix(line[i:], "//"), r == '.' && endsInWWW(b.String()):
			b.WriteString("\\" + string(r)) // no link is made of it
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func endsInWWW(s string) bool {
	return len(s) >= 3 && strings.EqualFold(s[len(s)-3:], "www")
}

// markup makes text safe within HTML, one line.
func markup(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		if strings.ContainsRune("@#!$~%^", r) {
			b.WriteString("<span>" + string(r) + "</span>")
		} else {
			b.WriteString(html.EscapeString(string(r)))
		}
	}
	return b.String()
}

// code makes a code span. Its fence is longer than any run of backticks in it
// (CommonMark 6.1).
func code(text string) string {
	text = oneLine(text)
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	if text == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longest+1)
	pad := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}

// cell is a code span within a table, or prose where it holds a pipe or a
// backslash, on which renderers disagree there.
func cell(text string) string {
	if strings.ContainsAny(text, `|\`) {
		return prose(text)
	}
	return code(text)
}

// oneLine joins lines and drops what is not printed.
func oneLine(text string) string {
	return line(strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " "))
}
