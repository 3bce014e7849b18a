package repair

import (
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/styled"
)

// The bounds of what a plan shows of one object.
const (
	maxDiffLines = 400
	maxDiffLine  = 400 // bytes
)

// diff is the unified diff of an object before and after, masked, as YAML, without
// the file header. Either may be nil.
func (s *scrubber) diff(before, after *unstructured.Unstructured, shown [][]string) []styled.Line {
	old := printed(s.masked(before, after, shown, mask.HiddenBefore))
	now := printed(s.masked(after, before, shown, mask.HiddenAfter))
	return styled.Diff(old, now, maxDiffLines, maxDiffLine)
}

// wholeDiff is diff with every line of the object, changed or not, and nothing cut off.
func (s *scrubber) wholeDiff(before, after *unstructured.Unstructured, shown [][]string) []styled.Line {
	return styled.WholeDiff(printed(s.masked(before, after, shown, mask.HiddenBefore)), printed(s.masked(after, before, shown, mask.HiddenAfter)))
}

func printed(u *unstructured.Unstructured) string {
	if u == nil {
		return ""
	}
	return mask.YAML(u.Object)
}

func itoa(n int) string { return strconv.Itoa(n) }
