package tui

import (
	"context"
	"fmt"
)

// many lists many clusters, and goes into the one that is chosen.
func (p *plain) many() error {
	p.say("careen, talking in lines. Answer with a number or a letter, then Enter. q quits at any time, b goes back.")
	again := false
	for {
		p.look(again)
		list := p.clusters.Sentences()
		p.say("")
		for i, text := range list {
			p.say("%d. %s", i+1, text)
		}
		text, err := p.ask(fmt.Sprintf("Choose 1 to %d to go in; a lists the findings of all; Enter reads again; q quits.", len(list)))
		if err == nil {
			err = p.chosen(text)
		}
		if inside(err) != nil {
			return err
		}
		again = text == "" && err == nil
	}
}

// chosen does what was answered to the list of clusters.
func (p *plain) chosen(text string) error {
	n, ok := pick(text, len(p.clusters.Sentences()))
	switch {
	case ok:
		return p.enter(p.clusters.Context(n))
	case text == "a":
		p.say("")
		for _, text := range p.clusters.Shared() {
			p.say("%s", text)
		}
	case text != "":
		p.say("%q is not one of the choices.", text)
	}
	return nil
}

// look reads the clusters once.
func (p *plain) look(again bool) {
	p.say("Reading %d clusters.", p.opts.Clusters.Len())
	p.opts.Clusters.Look(p.ctx, again, p.clusters.Set)
}

// enter looks at one of the clusters until the operator goes back.
func (p *plain) enter(name string) error {
	session, err := p.opts.Contexts.Open(p.ctx, name)
	if err != nil {
		p.say("%s", err)
		return nil
	}
	if session.End != nil {
		defer session.End()
	}
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	o := p.opts
	o.Session, o.Clusters = *session, nil
	one := newPlain(ctx, o, p.in)
	one.within = true
	go one.collect()
	err = one.home()
	cancel()
	one.work.wait(stopGrace)
	p.failed = one.failed
	return err
}
