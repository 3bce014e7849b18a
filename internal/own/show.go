package own

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	structpb "google.golang.org/protobuf/types/known/structpb"

	"github.com/careen-tui/careen/internal/sanitize"
)

// maxShown bounds a value that is shown as evidence, in bytes.
const maxShown = 300

// shown is a value as evidence: a text as it is, anything larger as JSON without what is
// not set.
func shown(v ref.Val) string {
	switch x := v.(type) {
	case types.String:
		return sanitize.Line(string(x), maxShown)
	case types.Timestamp:
		return x.Time.UTC().Format(time.RFC3339)
	case types.Null:
		return "null"
	case types.Bool, types.Int, types.Uint, types.Double:
		return fmt.Sprint(v.Value())
	}
	plain, err := v.ConvertToNative(reflect.TypeFor[*structpb.Value]())
	if err != nil {
		return "(not shown)"
	}
	raw, err := json.Marshal(plain.(*structpb.Value).AsInterface())
	if err != nil {
		return "(not shown)"
	}
	return sanitize.Line(string(raw), maxShown)
}
