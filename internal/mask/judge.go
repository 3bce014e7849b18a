package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longLicense is from how many bytes the value of a license may be a key: the names of
// licenses are shorter.
const longLicense = 20

// nothingTold are values that tell nothing although they stand behind the name of a
// credential.
var nothingTold = words(`true false yes no on off null nil none undefined unset empty enabled disabled enable disable required
	optional missing invalid expired redacted hidden masked revoked unknown string integer boolean object array secret-ref ~ - * {} []
	<none> <nil> <unset> <empty> <redacted> <hidden> <masked> <secret> <set> [redacted] [hidden] [masked] [filtered] (redacted) (hidden)
	%s %v %q %d %+v`)

// schemes are those of the Authorization header and of settings called "auth".
var schemes = words(`bearer basic digest token negotiate ntlm apikey api-key aws4-hmac-sha256 hawk oauth hmac scram-sha-256 scram-sha-512
	gssapi sspi splunk key`)

// logins are kinds of login, which settings called "auth" name.
var logins = words(`oauth2 oidc ldap saml iam irsa kubernetes jwt mtls tls x509 plain md5 trust peer cert password passwordless anonymous
	webhook rbac local pam kerberos spnego scram sasl workload-identity approle github gitlab google azure aws gcp`)

// connectives are words of prose that follow the name of a flag.
var connectives = words(`a an and are as argument arguments be but by can cannot can't could does did doesn't for flag flags from given has have
	if in instead into is isn't it must needs not of on only option options or parameter provided required requires set should specified takes
	than that the then this to use used using value values via was were when which will with without`)

// complaints begin what is said about a credential.
var complaints = words(`a access already an and any are authentication authorization bad based by can't cannot changed connection context could
	couldn't data decrypt denied deleting does doesn't EOF eof error expected expired failed failure file for forbidden found from has have header
	if in incorrect insufficient invalid is isn't it keys key length lookup malformed may mismatch missing must name namespace need needs no not
	null object of on only open parse permission provided read reading refused rejected request required resource rotated secret server should
	signature skipped skipping some store supplied that the there this timed timeout to token too unable unauthorized undefined unexpected unknown
	unsupported updated use user using validation value verification was were while will with without wrong x509 you your`)

func isScheme(word string) bool     { return schemes[strings.ToLower(word)] }
func isConnective(word string) bool { return connectives[strings.ToLower(strings.Trim(word, ".,;:"))] }

func isComplaint(word string) bool {
	return complaints[strings.ToLower(strings.Trim(word, ".,;:!"))] || nothingTold[strings.ToLower(strings.Trim(word, ".,;:!"))]
}

// complains reports whether a text says something about a credential rather than
// what it is.
func complains(text string) bool { return isComplaint(firstWord(text)) }

func firstWord(text string) string {
	text = strings.TrimLeft(text, " \t")
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i]
	}
	return text
}

// isHarmless reports whether a value tells nothing that is secret: nothing at all, a
// word such as true, a mask, a reference to a variable or template, or the number
// of counted things.
func isHarmless(value string, f field) bool {
	v := strings.ToLower(strings.TrimRight(strings.Trim(value, " \t"), ",;:"))
	switch {
	case v == "" || nothingTold[strings.TrimRight(v, ",;.")] || strings.HasPrefix(v, begun):
		return true
	case strings.Trim(v, "*") == "" || strings.Trim(v, "x") == "" && len(v) > 2 || strings.Trim(v, ".") == "" || strings.Trim(v, "•") == "":
		return true
	case f.kind == login && (isScheme(v) || logins[v]):
		return true
	case f.counted && f.kind != password && isNumber(v):
		return true
	}
	return isReference(strings.Trim(value, " \t")) || isMountPath(v)
}

// around are the signs around the name of a variable or placeholder, as shells, Compose,
// Kubernetes, templates and usage texts write it.
var around = [...][2]string{{"${{", "}}"}, {"{{", "}}"}, {"${", "}"}, {"$(", ")"}, {"<", ">"}, {"%", "%"}, {"$", ""}}

// isReference reports whether a value is the name of a variable. Such a name is written
// in one case and ends, if at all, with a digit: what mixes them is a value.
func isReference(v string) bool {
	for _, a := range around {
		rest, opened := strings.CutPrefix(v, a[0])
		name, closed := strings.CutSuffix(rest, a[1])
		if !opened || !closed || name == "" || len(name) > 64 {
			continue
		}
		if strings.HasSuffix(a[0], "{{") {
			return !strings.Contains(name, "}}")
		}
		if a[1] != "" {
			name = strings.TrimRight(name, "0123456789")
		}
		upper, lower := false, false
		for i := 0; i < len(name); i++ {
			c := name[i]
			upper, lower = upper || isUpper(c), lower || isLower(c)
			if !isUpper(c) && !isLower(c) && c != '_' && (a[1] == "" || c != '-' && c != '.' && c != ' ') {
				return false
			}
		}
		return upper != lower
	}
	return false
}

// isMountPath reports whether a value is the path of a file, where containers have
// theirs.
func isMountPath(v string) bool {
	for _, root := range [...]string{"/var/run/", "/run/", "/etc/", "/mnt/", "/var/lib/", "/secrets/", "/vault/", "/tmp/", "/opt/", "/home/", "/usr/", "file:///", "./"} {
		rest, ok := strings.CutPrefix(v, root)
		if !ok || rest == "" {
			continue
		}
		for part := range strings.SplitSeq(rest, "/") {
			if strings.Trim(part, "abcdefghijklmnopqrstuvwxyz._-") != "" && telling(part, secret) {
				return false
			}
		}
		return true
	}
	return false
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.,kKmMgGtTiIbB%/") == "" && isDigit(s[0])
}

// isWord reports whether s is a word of prose: letters of one case, or with a capital
// at its beginning, and no longer than words are.
func isWord(s string) bool {
	s = strings.Trim(s, `.,;:!?()[]"'`)
	if s == "" || len(s) > 24 {
		return false
	}
	upper := 0
	for i, r := range s {
		if !unicode.IsLetter(r) && !(i > 0 && (r == '\'' || r == '-' || r == '/')) {
			return false
		}
		if unicode.IsUpper(r) {
			upper++
		}
	}
	first, _ := utf8.DecodeRuneInString(s)
	return upper == 0 || upper == 1 && unicode.IsUpper(first) || strings.ToUpper(s) == s
}

// isProse reports whether all the words of a text are words of prose.
func isProse(text string) bool {
	list := strings.Fields(text)
	for _, w := range list {
		if !isWord(w) {
			return false
		}
	}
	return len(list) > 1
}

// telling reports whether a word that stands in prose behind the name of a credential
// is likely to be the credential: it is neither a word, nor a number with or without
// a unit, nor the name of an object or a path.
func telling(word string, what kind) bool {
	word = strings.Trim(word, `.,;:!?()[]{}"'`)
	if len(word) < 4 || isWord(word) || strings.ContainsAny(word, " ") && isProse(word) {
		return false
	}
	if what == password {
		return !isHarmless(word, field{kind: what})
	}
	if strings.Trim(word, "0123456789.:,-+/%") == "" || isNumber(word) || isReference(word) {
		return false
	}
	return !isObjectName(word)
}

// isObjectName reports whether s is made as the names of objects, hosts and paths are:
// words and short numbers in lower case, with signs between them.
func isObjectName(s string) bool {
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("-./_:@#", r) }) {
		letters := strings.TrimRight(part, "0123456789")
		if len(part)-len(letters) > 4 && letters != "" || strings.Trim(letters, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}
