package cluster

import "errors"

// pages notices a list that does not come to its end.
type pages struct {
	seen  map[string]bool // continue tokens, of a bounded number
	empty int             // pages in a row without an object
}

const maxEmptyPages = 100

var errEndless = errors.New("the server's list does not come to an end")

func (p *pages) next(token string, items int) error {
	if token == "" {
		return nil
	}
	if p.empty++; items > 0 {
		p.empty = 0
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	if p.seen[token] || p.empty > maxEmptyPages {
		return errEndless
	}
	p.seen[token] = true
	return nil
}
