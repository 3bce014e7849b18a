package main

import (
	"fmt"
	"os"
)

const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

const serviceRange = "10.96.0.0/16"

// writeFiles puts everything into the layout that the components read.
func writeFiles(l *layout, o options, port int) error {
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	if err := os.WriteFile(l.path(caFile), ca.pem, 0o600); err != nil {
		return fmt.Errorf("writing the certificate authority: %w", err)
	}
	if err := ca.issue("kube-apiserver", l.path(serverCert), l.path(serverKey),
		"127.0.0.1", "10.96.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"); err != nil {
		return err
	}
	if err := ca.issue("kubelet", l.path(kubeletCert), l.path(kubeletKey), "127.0.0.1", "localhost"); err != nil {
		return err
	}
	if err := ca.issue("kube-apiserver-kubelet-client", l.path(clientCert), l.path(clientKey)); err != nil {
		return err
	}
	if err := writeSigningKey(l.path(signingKeyFile)); err != nil {
		return err
	}
	if err := os.WriteFile(l.path(policyFile), []byte(auditPolicy), 0o600); err != nil {
		return fmt.Errorf("writing the audit policy: %w", err)
	}
	if err := os.WriteFile(l.path(stagesFile), stages(), 0o600); err != nil {
		return fmt.Errorf("writing KWOK's stages: %w", err)
	}

	users := append(defaultUsers(), o.users...)
	system, _ := parseUser(systemUser + "=system:masters," + systemGroup)
	if err := writeTokens(l.path(tokenFile), append(users[:len(users):len(users)], system)); err != nil {
		return err
	}
	server := "https://" + loopback(port)
	if err := writeKubeconfig(l.path(systemFile), server, ca.pem, []user{system}); err != nil {
		return err
	}
	return writeKubeconfig(l.path(kubeconfigFile), server, ca.pem, users)
}

func etcdArguments(l *layout) []string {
	return []string{
		"--data-dir=" + l.path(etcdDir),
		"--client-url=" + l.socket("etcd.sock"),
		"--peer-url=" + l.socket("peer.sock"),
	}
}

func apiserverArguments(l *layout, o options, port int) []string {
	arguments := []string{
		"--etcd-servers=" + l.socket("etcd.sock"),
		"--bind-address=127.0.0.1",
		// The endpoint of the service "kubernetes" may not be a loopback address; nobody
		// dials this one, which is reserved for documentation.
		"--advertise-address=192.0.2.1",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + l.path(serverCert),
		"--tls-private-key-file=" + l.path(serverKey),
		"--cert-dir=" + l.path("pki"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + l.path(signingKeyFile),
		"--service-account-signing-key-file=" + l.path(signingKeyFile),
		"--token-auth-file=" + l.path(tokenFile),
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=" + serviceRange,
		"--allow-privileged=true",
		"--kubelet-preferred-address-types=InternalIP",
		"--kubelet-certificate-authority=" + l.path(caFile),
		"--kubelet-client-certificate=" + l.path(clientCert),
		"--kubelet-client-key=" + l.path(clientKey),
		// A webhook's service is resolved to its endpoints, so that one without any
		// fails with the API server's own words and not by a timeout.
		"--enable-aggregator-routing=true",
		"--profiling=false",
	}
	if o.audit {
		arguments = append(arguments,
			"--audit-log-path="+l.path(auditFile),
			"--audit-policy-file="+l.path(policyFile),
			"--audit-log-maxsize=10000") // megabytes: never begin another file
	}
	return arguments
}

func controllersArguments(l *layout) []string {
	return []string{
		"--kubeconfig=" + l.path(systemFile),
		"--service-account-private-key-file=" + l.path(signingKeyFile),
		"--root-ca-file=" + l.path(caFile),
		"--use-service-account-credentials=true",
		"--leader-elect=false",
		"--secure-port=0",
		"--profiling=false",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	}
}

func schedulerArguments(l *layout) []string {
	return []string{
		"--kubeconfig=" + l.path(systemFile),
		"--leader-elect=false",
		"--secure-port=0",
		"--profiling=false",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	}
}

func kwokArguments(l *layout) []string {
	return []string{
		"--kubeconfig=" + l.path(systemFile),
		"--config=" + l.path(stagesFile),
		"--manage-all-nodes=true",
		"--cidr=10.244.0.0/16",
		"--node-lease-duration-seconds=40",
	}
}
