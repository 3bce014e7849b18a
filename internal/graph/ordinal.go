package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// cutOrdinal splits name-N; leading zeros are no ordinal.
func cutOrdinal(name string) (base string, ordinal int, ok bool) {
	i := strings.LastIndexByte(name, '-')
	if i <= 0 || i+1 == len(name) || len(name)-i > 10 {
		return "", 0, false
	}
	digits := name[i+1:]
	if digits[0] == '0' && len(digits) > 1 {
		return "", 0, false
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return "", 0, false
		}
	}
	n, err := strconv.Atoi(digits)
	return name[:i], n, err == nil
}

// numbered lists the rows of a kind that are named base-N, by their number.
func numbered(s *model.Space, kind model.Kind, base string) (out []model.Row) {
	if s == nil {
		return nil
	}
	table, prefix := s.Tables[kind], base+"-"
	at, _ := table.Search(prefix)
	for ; at < len(table) && strings.HasPrefix(table[at].Base().Name, prefix); at++ {
		if b, _, ok := cutOrdinal(table[at].Base().Name); ok && b == base {
			out = append(out, table[at])
		}
	}
	slices.SortFunc(out, func(a, b model.Row) int {
		_, i, _ := cutOrdinal(a.Base().Name)
		_, j, _ := cutOrdinal(b.Base().Name)
		return i - j
	})
	return out
}
