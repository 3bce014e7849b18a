package finding

import (
	"slices"
	"testing"
)

func TestFoldingFollowsTheFirstCauseThatIsThere(t *testing.T) {
	for name, c := range map[string]struct {
		causes [][]ID
		want   []int
	}{
		"nothing":                       {nil, []int{}},
		"each for itself":               {[][]ID{{}, {}}, []int{0, 1}},
		"a chain folds under its end":   {[][]ID{{}, {"0"}, {"1"}}, []int{0, 0, 0}},
		"the first of several":          {[][]ID{{}, {}, {"1", "0"}}, []int{0, 1, 1}},
		"one that is not there":         {[][]ID{{}, {"9", "0"}, {"9"}}, []int{0, 0, 2}},
		"itself":                        {[][]ID{{"0"}}, []int{0}},
		"a circle":                      {[][]ID{{"1"}, {"0"}}, []int{0, 1}},
		"what leads into a circle":      {[][]ID{{"1"}, {"0"}, {"0"}}, []int{0, 1, 2}},
		"a chain as long as it can be":  {[][]ID{{"1"}, {"2"}, {"3"}, {}}, []int{3, 3, 3, 3}},
		"a cause that comes after them": {[][]ID{{"1"}, {}}, []int{1, 1}},
	} {
		ids := []ID{"0", "1", "2", "3"}
		got := Fold(len(c.causes), func(i int) ID { return ids[i] }, func(i int) []ID { return c.causes[i] })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: folds under %v, not %v", name, got, c.want)
		}
	}
}
