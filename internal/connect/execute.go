package connect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/pkg/apis/clientauthentication"
	"k8s.io/client-go/pkg/apis/clientauthentication/install"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/sandbox"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	execInfo = "KUBERNETES_EXEC_INFO" // the variable that the protocol names
	// maxCredentials bounds what a plugin prints, in bytes; maxComplaint what of its
	// standard error is kept.
	maxCredentials = 1 << 20
	maxComplaint   = 8 << 10
	// killedWithin is how long a plugin's pipes are waited for once it was killed.
	killedWithin = time.Second
)

var execCodecs = func() serializer.CodecFactory {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	return serializer.NewCodecFactory(scheme)
}()

// terminal is what a plugin is given that an operator lets at the terminal.
type terminal struct {
	in  io.Reader
	err io.Writer
}

// execute runs a credential plugin once. With a terminal it may ask there; without
// one it runs in a session of its own, so that it finds no terminal at all.
func execute(ctx context.Context, spec *api.ExecConfig, cluster *clientauthentication.Cluster, t *terminal) (*credentials, error) {
	if t == nil && spec.InteractiveMode == api.AlwaysExecInteractiveMode {
		return nil, errors.New("it needs a terminal (interactiveMode: Always): log in at the terminal (I in the interface), or run it there once by hand")
	}
	group, err := execGroup(spec.APIVersion)
	if err != nil {
		return nil, err
	}
	info, err := execInput(group, spec, cluster, t != nil)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, spec.Command, spec.Args...)
	cmd.Env = os.Environ()
	for _, e := range spec.Env {
		cmd.Env = append(cmd.Env, e.Name+"="+e.Value)
	}
	cmd.Env = append(cmd.Env, execInfo+"="+string(info))
	out, complaint := &capped{limit: maxCredentials}, &capped{limit: maxComplaint, last: true}
	cmd.Stdout, cmd.Stderr = out, complaint
	cmd.WaitDelay = killedWithin
	if t != nil {
		cmd.Stdin, cmd.Stderr = t.in, t.err
		err = cmd.Run()
	} else {
		err = sandbox.RunApart(cmd)
	}
	if err != nil {
		return nil, execFailure(spec, err, string(complaint.kept))
	}
	if out.over {
		return nil, fmt.Errorf("it printed more than %d bytes", maxCredentials)
	}
	return parseCredentials(group, out.kept)
}

func execGroup(version string) (schema.GroupVersion, error) {
	gv, err := schema.ParseGroupVersion(version)
	if err != nil || gv.Group != clientauthentication.GroupName || gv.Version != "v1" && gv.Version != "v1beta1" {
		return gv, fmt.Errorf("the kubeconfig asks for the plugin protocol %q: only client.authentication.k8s.io/v1 and v1beta1 are known", version)
	}
	return gv, nil
}

func execInput(gv schema.GroupVersion, spec *api.ExecConfig, cluster *clientauthentication.Cluster, interactive bool) ([]byte, error) {
	in := &clientauthentication.ExecCredential{Spec: clientauthentication.ExecCredentialSpec{Interactive: interactive}}
	if spec.ProvideClusterInfo {
		in.Spec.Cluster = cluster
	}
	info, err := runtime.Encode(execCodecs.LegacyCodec(gv), in)
	if err != nil {
		return nil, fmt.Errorf("writing what it is told: %w", err)
	}
	return info, nil
}

// execFailure is one line: what the plugin said last, or how it ended.
func execFailure(spec *api.ExecConfig, err error, said string) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		if hint := sanitize.Line(spec.InstallHint, 500); hint != "" {
			return fmt.Errorf("%w; %s", err, hint)
		}
		return err
	}
	lines := strings.Split(strings.TrimSpace(sanitize.Text(said, maxComplaint)), "\n")
	if last := sanitize.Line(lines[len(lines)-1], 500); last != "" {
		return fmt.Errorf("%w: %s", err, last)
	}
	return err
}

func parseCredentials(gv schema.GroupVersion, printed []byte) (*credentials, error) {
	obj, kind, err := execCodecs.UniversalDecoder(clientauthentication.SchemeGroupVersion).Decode(printed, nil, &clientauthentication.ExecCredential{})
	if err != nil {
		return nil, errors.New("what it printed is not an ExecCredential")
	}
	cred, ok := obj.(*clientauthentication.ExecCredential)
	switch {
	case !ok || cred.Status == nil:
		return nil, errors.New("it printed an ExecCredential without a status")
	case kind.Group != gv.Group || kind.Version != gv.Version:
		return nil, fmt.Errorf("it printed %s, the kubeconfig asks for %s", kind.GroupVersion(), gv)
	}
	s := cred.Status
	if s.Token == "" && s.ClientCertificateData == "" && s.ClientKeyData == "" {
		return nil, errors.New("it printed neither a token nor a client certificate")
	}
	c := &credentials{token: s.Token}
	if s.ExpirationTimestamp != nil {
		c.expires = s.ExpirationTimestamp.Time
	}
	if (s.ClientCertificateData == "") != (s.ClientKeyData == "") {
		return nil, errors.New("it printed a client certificate without its key, or a key without its certificate")
	}
	if s.ClientKeyData != "" {
		pair, err := tls.X509KeyPair([]byte(s.ClientCertificateData), []byte(s.ClientKeyData))
		if err != nil {
			return nil, errors.New("the client certificate that it printed does not fit its key")
		}
		if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err == nil && (c.expires.IsZero() || pair.Leaf.NotAfter.Before(c.expires)) {
			c.expires = pair.Leaf.NotAfter
		}
		c.cert = &pair
	}
	return c, nil
}

// capped keeps at most limit bytes: the first, or the last.
type capped struct {
	kept  []byte
	limit int
	last  bool
	over  bool
}

func (c *capped) Write(b []byte) (int, error) {
	c.kept = append(c.kept, b...)
	if n := len(c.kept) - c.limit; n > 0 {
		c.over = true
		if c.last {
			c.kept = c.kept[n:]
		} else {
			c.kept = c.kept[:c.limit]
		}
	}
	return len(b), nil
}
