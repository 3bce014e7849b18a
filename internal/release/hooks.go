package release

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

func (s *source) hooks(b *model.Body) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		return s.null("hooks", "a list")
	}
	err = s.array(func(i int) error {
		if i >= maxHooks {
			return errHooks
		}
		c, err := s.peek()
		if err != nil {
			return err
		}
		if c != '{' {
			return s.null("hooks", "a list of objects")
		}
		h, err := s.oneHook()
		b.Hooks = append(b.Hooks, h)
		return err
	})
	b.Hooks = slices.Clip(b.Hooks)
	return err
}

func (s *source) oneHook() (h model.Hook, err error) {
	var name, kind string
	s.hook = s.hook[:0]
	err = s.object(func(key []byte) error {
		switch string(key) {
		case "name":
			return s.string("hook's name", &name)
		case "kind":
			return s.string("hook's kind", &kind)
		case "manifest":
			if c, err := s.peek(); err != nil {
				return err
			} else if c != '"' {
				return s.null("hook's manifest", "text")
			}
			var err error
			s.hook, _, err = s.text(s.hook[:0], maxHookManifest)
			return err
		case "events":
			return s.events(&h)
		case "last_run":
			var there bool
			return s.section("hook's last_run", &there, s.lastRun(&h))
		default:
			return s.skip()
		}
	})
	if err != nil {
		return h, err
	}
	if found, _, _ := s.objects(s.hook, 1); len(found) == 1 {
		h.Ref = found[0].Ref
	}
	if h.Ref.Name == "" {
		h.Ref = model.Ref{Kind: KindOf("", kind), Name: name}
	}
	return h, nil
}

func (s *source) events(h *model.Hook) error {
	if c, err := s.peek(); err != nil {
		return err
	} else if c != '[' {
		return s.null("hook's events", "a list")
	}
	return s.array(func(i int) error {
		if i >= maxHookEvents {
			return s.skip()
		}
		var event string
		if err := s.string("hook's event", &event); err != nil {
			return err
		}
		h.Events = append(h.Events, event)
		return nil
	})
}

func (s *source) lastRun(h *model.Hook) func(key []byte) error {
	return func(key []byte) error {
		switch string(key) {
		case "started_at":
			return s.time("hook's started_at", &h.Started)
		case "completed_at":
			return s.time("hook's completed_at", &h.Done)
		case "phase":
			return s.string("hook's phase", &h.Phase)
		default:
			return s.skip()
		}
	}
}
