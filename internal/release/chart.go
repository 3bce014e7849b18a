package release

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

func (s *source) chart(b *model.Body) func(key []byte) error {
	return func(key []byte) error {
		switch string(key) {
		case "metadata":
			var there bool
			return s.section("chart.metadata", &there, s.chartMetadata(b))
		case "templates", "files":
			return s.chartFiles(b)
		case "schema":
			return s.weigh(b, "values.schema.json")
		default:
			return s.skip()
		}
	}
}

func (s *source) chartMetadata(b *model.Body) func(key []byte) error {
	return func(key []byte) error {
		switch string(key) {
		case "name":
			return s.string("chart.metadata.name", &b.Chart)
		case "version":
			return s.string("chart.metadata.version", &b.ChartVersion)
		case "appversion":
			return s.string("chart.metadata.appVersion", &b.AppVersion)
		default:
			return s.skip()
		}
	}
}

// chartFiles weighs the files of a chart: an array of {name, data}, the data as
// base64.
func (s *source) chartFiles(b *model.Body) error {
	if c, err := s.peek(); err != nil {
		return err
	} else if c != '[' {
		return s.skip()
	}
	return s.array(func(int) error {
		if c, err := s.peek(); err != nil {
			return err
		} else if c != '{' {
			return s.skip()
		}
		size := 0
		s.word = s.word[:0]
		err := s.object(func(key []byte) error {
			c, err := s.peek()
			if err != nil {
				return err
			}
			switch {
			case c == '"' && string(key) == "name":
				s.word, _, err = s.text(s.word[:0], maxName+ahead)
				return err
			case c == '"' && string(key) == "data":
				_, size, err = s.text(nil, 0)
				return err
			default:
				return s.skip()
			}
		})
		if err == nil {
			keepHeaviest(b, s.word, size*3/4)
		}
		return err
	})
}

func (s *source) weigh(b *model.Body, name string) error {
	if c, err := s.peek(); err != nil {
		return err
	} else if c != '"' {
		return s.skip()
	}
	_, size, err := s.text(nil, 0)
	if err == nil && size > 0 {
		keepHeaviest(b, []byte(name), size*3/4)
	}
	return err
}

func keepHeaviest(b *model.Body, name []byte, size int) {
	if len(b.ChartFiles) < maxChartFiles {
		b.ChartFiles = append(b.ChartFiles, model.Weight{Name: line(name), Size: size})
		return
	}
	least := 0
	for i, w := range b.ChartFiles {
		if w.Size < b.ChartFiles[least].Size {
			least = i
		}
	}
	if size > b.ChartFiles[least].Size {
		b.ChartFiles[least] = model.Weight{Name: line(name), Size: size}
	}
}

func heavier(a, b model.Weight) int {
	if a.Size != b.Size {
		return b.Size - a.Size
	}
	return strings.Compare(a.Name, b.Name)
}
