package text

import "testing"

func TestNumbersHaveTheirNouns(t *testing.T) {
	for _, c := range []struct {
		n    int
		noun string
		want string
	}{
		{1, "object", "1 object"},
		{0, "object", "0 objects"},
		{3001, "object", "3,001 objects"},
		{2, "entry", "2 entries"},
		{4, "key", "4 keys"},
		{2, "Ingress", "2 Ingresses"},
		{2, "NetworkPolicy", "2 NetworkPolicies"},
		{5, "watch", "5 watches"},
		{2, "path", "2 paths"},
		{2, "more line", "2 more lines"},
		{12345678, "byte", "12,345,678 bytes"},
	} {
		if got := Counted(c.n, c.noun); got != c.want {
			t.Errorf("%d %s is written %q, want %q", c.n, c.noun, got, c.want)
		}
	}
	if got := Count(-1234); got != "-1,234" {
		t.Errorf("a negative number is written %q", got)
	}
}

func TestListsAreJoined(t *testing.T) {
	for want, list := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}, "a, b, c and 2 more": {"a", "b", "c", "d", "e"}} {
		if got := Joined(list, 3); got != want {
			t.Errorf("%v is written %q, want %q", list, got, want)
		}
	}
}
