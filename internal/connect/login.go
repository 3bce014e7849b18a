package connect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/sanitize"
)

// plugins are the credential plugins of the process. client-go runs one plugin for
// all clients with the same settings, by the settings that it was given first: they
// are therefore shared here as well.
var plugins = struct {
	sync.Mutex
	known map[string]*api.ExecConfig
}{known: map[string]*api.ExecConfig{}}

// quietPlugin is a plugin that is not let at the terminal, except by Login.
func quietPlugin(p *api.ExecConfig) *api.ExecConfig {
	raw, err := json.Marshal([]any{p.Command, p.Args, p.Env, p.APIVersion, p.InteractiveMode, p.ProvideClusterInfo, fmt.Sprintf("%+v", p.Config)})
	if err != nil {
		raw = []byte(fmt.Sprintf("%p", p))
	}
	plugins.Lock()
	defer plugins.Unlock()
	if known := plugins.known[string(raw)]; known != nil {
		return known
	}
	p = p.DeepCopy()
	p.StdinUnavailable = true
	p.StdinUnavailableMessage = "careen reads the keys; log in with kubectl first"
	plugins.known[string(raw)] = p
	return p
}

// Plugin is the command by which the kubeconfig gets credentials, without what may
// be secret in it; empty where it names none.
func (c *Connection) Plugin() string {
	p := c.config.ExecProvider
	if p == nil {
		return ""
	}
	words := []string{filepath.Base(p.Command)}
	for _, arg := range p.Args {
		if name, _, found := strings.Cut(arg, "="); found && strings.HasPrefix(arg, "-") {
			arg = name + "=..."
		}
		words = append(words, arg)
	}
	return sanitize.Line(strings.Join(words, " "), 253)
}

// Login lets the credential plugin at the process's terminal, and returns once the
// server accepts what it gave, or with why not. Watches pause meanwhile.
func (c *Connection) Login(ctx context.Context) error {
	p := c.config.ExecProvider
	if p == nil {
		return errors.New("the kubeconfig names no program to log in with")
	}
	ctx, resume, err := c.gate.pause(ctx)
	if err != nil {
		return err
	}
	defer resume()
	p.StdinUnavailable = false
	defer func() { p.StdinUnavailable = true }()
	for range 2 { // credentials that the server refuses are replaced after the first
		_, err = c.get(ctx, "/api")
		if !apierrors.IsUnauthorized(err) {
			break
		}
	}
	if err != nil && !apierrors.IsForbidden(err) {
		return &ConnectError{Reason: reasonOf(err), Request: c.request("/api"), As: c.User, Err: err}
	}
	return nil
}
