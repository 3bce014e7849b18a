package repair

import (
	"encoding/base64"
	"encoding/json"
)

// spellings are the forms in which a secret value could be seen.
func spellings(value string) []string {
	quoted, _ := json.Marshal(value)
	once := base64.StdEncoding.EncodeToString([]byte(value))
	return []string{value, string(quoted), once, base64.StdEncoding.EncodeToString([]byte(once))}
}
