package release

import (
	"errors"
	"fmt"
)

// The bounds of decoding. A record within them is one that Helm can have written
// and the API server can have stored; anything past them is a Problem.
const (
	// maxStored is etcd's default limit for one request. The API server itself
	// refuses more than 1 MiB of data in a Secret or ConfigMap.
	maxStored = 3 << 19

	// maxStorable is the API server's limit for the data of a Secret or ConfigMap
	// (core/v1 MaxSecretSize).
	maxStorable = 1 << 20

	// maxExpanded bounds the JSON: 1 MiB of base64 text is 768 KiB of gzip, so it
	// leaves room for an 85-fold compression, where charts reach about 15.
	maxExpanded = 64 << 20

	// maxBlanks bounds white space between tokens; Helm writes none.
	maxBlanks = 1 << 20

	// maxDepth bounds nesting. Helm nests nine deep around a chart's values, and
	// values that people write stay below forty.
	maxDepth = 256

	maxManifest     = 8 << 20
	maxHookManifest = 256 << 10
	maxObjects      = 2000
	maxHooks        = 1000
	maxHookEvents   = 16
	maxChartFiles   = 5

	// maxOddDocument and maxOddTotal bound what the YAML parser is given: it takes
	// some thirty times the size of its input.
	maxOddDocument = 512 << 10
	maxOddTotal    = 2 << 20

	maxName = 256  // bytes of a name, kind, version or phase
	maxText = 1024 // bytes of a description
)

// What can be wrong with a record, in words an operator reads. None of them holds
// anything of the record's content.
var (
	errEmpty      = errors.New("the record is empty")
	errStored     = errors.New("the record is larger than 1.5 MiB, which the API server does not store")
	errBase64     = errors.New("the record is not base64")
	errCut        = errors.New("the record's gzip data is cut short")
	errChecksum   = errors.New("the record's gzip checksum does not match its data")
	errTrailing   = errors.New("the record holds more data behind its end")
	errDamaged    = errors.New("the record's gzip data is damaged")
	errExpanded   = fmt.Errorf("the record expands to more than %d MiB", maxExpanded>>20)
	errBlanks     = fmt.Errorf("the record holds more than %d MiB of blanks", maxBlanks>>20)
	errDepth      = fmt.Errorf("the record nests more than %d levels deep", maxDepth)
	errManifest   = fmt.Errorf("the manifest in the record is larger than %d MiB", maxManifest>>20)
	errHooks      = fmt.Errorf("the record holds more than %d hooks", maxHooks)
	errNotJSON    = errors.New("the record is neither gzip nor JSON")
	errCutJSON    = errors.New("the record's JSON ends too early")
	errNotObject  = errors.New("the record's JSON is not an object")
	errNoInfo     = errors.New("the record has no info, so it says neither status nor times")
	errNoChart    = errors.New("the record holds no chart")
	errTwice      = errors.New("the record names its info, status or description twice")
	errStorable   = errors.New("the record would be larger than the 1 MiB that the API server stores")
	errUnexpected = errors.New("the record could not be decoded")
)

func syntaxAt(offset int64) error {
	return fmt.Errorf("the record is not valid JSON at byte %d", offset)
}

func wrongType(field, want string) error {
	return fmt.Errorf("the record's %s is not %s", field, want)
}
