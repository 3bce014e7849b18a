package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/careen-tui/careen/probes"
	"k8s.io/client-go/rest"
)

const (
	vaultNamespace = "vault"
	vaultRelease   = "common-vault"
	vaultAccount   = "vault-svc"
	raftRelease    = "vault-raft"
	raftAccount    = "vault-raft"
)

// vault is goodrain/rainbond#1958. The account of the Deployment stands in its
// release's manifest and was never written to the cluster; that of the StatefulSet
// stands in no manifest, because its chart was told not to make one. A StatefulSet
// gets an event only, no condition.
var vault = Incident{
	ID:         "vault",
	Title:      "pods are refused because their service account was never created",
	Namespaces: []string{vaultNamespace},
	Findings: []string{
		found(probes.ServiceAccountMissing, "vault/Deployment/common-vault"),
		found(probes.ServiceAccountMissing, "vault/StatefulSet/vault-raft"),
		found(probes.AdmissionRefused, "vault/Deployment/common-vault"),
		found(probes.AdmissionRefused, "vault/StatefulSet/vault-raft"),
	},
	Settled:  []string{found(probes.ReleaseObjectMissing, "vault/Release/common-vault")},
	Late:     []string{found(probes.ReleaseSaysDeployed, "vault/Release/common-vault"), found(probes.ReleaseSaysDeployed, "vault/Release/vault-raft")},
	Prepare:  func(ctx context.Context, p *Planter) error { return p.namespace(ctx, vaultNamespace, nil) },
	Complete: completeVault,
	Mend:     mendVault,
}

func completeVault(ctx context.Context, p *Planter) error {
	p.say("planting vault: installing through a platform that keeps accounts to itself")
	through := p.helm(vaultNamespace).as(throughPlatform(p.config))
	if _, err := through.install(ctx, vaultRelease, "common-vault", nil); err != nil {
		return err
	}
	v := values{"serviceAccount": values{"create": false, "name": raftAccount}}
	if _, err := p.helm(vaultNamespace).install(ctx, raftRelease, "vault-raft", v); err != nil {
		return err
	}
	if err := p.awaitEvent(ctx, vaultNamespace, "ReplicaSet", vaultRelease, "FailedCreate"); err != nil {
		return err
	}
	return p.awaitEvent(ctx, vaultNamespace, "StatefulSet", raftRelease, "FailedCreate")
}

func mendVault(ctx context.Context, p *Planter) error {
	for _, account := range []string{vaultAccount, raftAccount} {
		if err := p.makeAccount(ctx, vaultNamespace, account); err != nil {
			return err
		}
	}
	for _, release := range []string{vaultRelease, raftRelease} {
		if err := p.nudge(ctx, vaultNamespace, release); err != nil {
			return err
		}
	}
	return p.awaitReady(ctx, vaultNamespace)
}

// throughPlatform is the cluster as Rainbond's API showed it to its installer before
// v5.17.3: a ServiceAccount that is created is answered with 201 and never written.
func throughPlatform(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return platform{next} })
	return config
}

type platform struct{ cluster http.RoundTripper }

func (p platform) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodPost || !strings.HasSuffix(request.URL.Path, "/serviceaccounts") {
		return p.cluster.RoundTrip(request)
	}
	object, err := io.ReadAll(request.Body)
	if err := errors.Join(err, request.Body.Close()); err != nil {
		return nil, fmt.Errorf("reading what is to be created: %w", err)
	}
	return &http.Response{
		Status: "201 Created", StatusCode: http.StatusCreated,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": request.Header["Content-Type"]},
		Body:          io.NopCloser(bytes.NewReader(object)),
		ContentLength: int64(len(object)),
		Request:       request,
	}, nil
}
