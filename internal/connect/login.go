package connect

import (
	"context"
	"errors"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Plugin is the command by which the kubeconfig gets credentials, without what may
// be secret in it; empty where it names none.
func (c *Connection) Plugin() string {
	if c.plugin == nil {
		return ""
	}
	return c.plugin.name()
}

// Login lets the credential plugin at the process's terminal, and returns once the
// server accepts what it gave, or with why not. Other requests wait meanwhile.
func (c *Connection) Login(ctx context.Context) error {
	p := c.plugin
	if p == nil {
		return errors.New("the kubeconfig names no program to log in with")
	}
	p.stop()
	ctx, resume, err := c.gate.pause(ctx)
	if err != nil {
		return err
	}
	defer resume()
	for range 2 { // credentials that the server refuses are replaced after the first
		got, err := execute(ctx, p.spec, p.cluster, &terminal{os.Stdin, os.Stderr})
		if err != nil {
			return &ConnectError{Reason: ErrAuth, Err: &CredentialError{Plugin: p.name(), Err: err}}
		}
		p.keep(nil, got, nil)
		if _, err = c.get(ctx, "/api"); err == nil || apierrors.IsForbidden(err) {
			return nil
		}
		if !apierrors.IsUnauthorized(err) {
			return &ConnectError{Reason: reasonOf(err), Request: c.request("/api"), As: c.User, Err: err}
		}
	}
	return &ConnectError{Reason: ErrAuth, Request: c.request("/api"), As: c.User, Err: ErrCredentials}
}
