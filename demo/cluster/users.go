package main

import (
	"crypto/rand"
	"encoding/csv"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// A user authenticates with a token that the API server reads from a file.
type user struct {
	name   string
	groups []string
	token  string
}

const (
	contextName  = "demo"
	viewersGroup = "careen:viewers"
	systemGroup  = "careen:system"
	systemUser   = "careen-cluster"
)

// defaultUsers are in every cluster: admin may do everything, viewer has the
// built-in role "view", ci-bot has no right at all until someone grants it one.
func defaultUsers() []user {
	return []user{
		{name: "admin", groups: []string{"system:masters"}, token: rand.Text()},
		{name: "viewer", groups: []string{viewersGroup}, token: rand.Text()},
		{name: "ci-bot", token: rand.Text()},
	}
}

// parseUser reads NAME or NAME=GROUP,GROUP.
func parseUser(text string) (user, error) {
	name, groups, _ := strings.Cut(text, "=")
	if name == "" || strings.ContainsAny(text, "\"\n") {
		return user{}, fmt.Errorf("reading --user %q: want NAME or NAME=GROUP,GROUP", text)
	}
	u := user{name: name, token: rand.Text()}
	if groups != "" {
		u.groups = strings.Split(groups, ",")
	}
	return u, nil
}

// writeTokens writes the API server's token file: token, user, uid, groups.
func writeTokens(file string, users []user) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing tokens: %w", err)
	}
	defer func() { _ = out.Close() }()
	lines := csv.NewWriter(out)
	for _, u := range users {
		if err := lines.Write([]string{u.token, u.name, u.name, strings.Join(u.groups, ",")}); err != nil {
			return fmt.Errorf("writing tokens: %w", err)
		}
	}
	lines.Flush()
	if err := lines.Error(); err != nil {
		return fmt.Errorf("writing tokens: %w", err)
	}
	return out.Close()
}

// writeKubeconfig writes a context for each user, the first one's named demo and
// current, the others' demo-NAME.
func writeKubeconfig(file, server string, ca []byte, users []user) error {
	config := clientcmdapi.NewConfig()
	config.Clusters[contextName] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca}
	config.CurrentContext = contextName
	for i, u := range users {
		name := contextName
		if i > 0 {
			name += "-" + u.name
		}
		config.AuthInfos[u.name] = &clientcmdapi.AuthInfo{Token: u.token}
		config.Contexts[name] = &clientcmdapi.Context{Cluster: contextName, AuthInfo: u.name}
	}
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	return os.Chmod(file, 0o600)
}
