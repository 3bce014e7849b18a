package model

import "testing"

func TestVouches(t *testing.T) {
	for name, c := range map[string]struct {
		trusted, served []string
		want            bool
	}{
		"itself":                   {[]string{"=a", "s/1"}, []string{"=a", "x/2"}, true},
		"its signer":               {[]string{"=c", "ca/1"}, []string{"=a", "ca/1"}, true},
		"the signer of its signer": {[]string{"=c", "root/1"}, []string{"=a", "mid/2", "=m", "root/1"}, true},
		"no identifier":            {[]string{"=c", "ca/"}, []string{"=a", "ca/1"}, true},
		"another key of that name": {[]string{"=c", "ca/1"}, []string{"=a", "ca/2"}, false},
		"another name":             {[]string{"=c", "ca/1"}, []string{"=a", "other/1"}, false},
		"nothing":                  {nil, []string{"=a", "ca/1"}, false},
	} {
		if got := Vouches(c.trusted, c.served); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
