package project

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// makers are the custom resources of which a controller makes a Secret (or, where it
// says so, a ConfigMap), and where the name of it stands: the first field that holds
// one, "" for the resource's own name. From the documentation of each project.
var makers = map[string][]struct {
	kind   model.Kind
	fields [][]string
}{
	"ExternalSecret.external-secrets.io":                {{model.KindSecret, [][]string{{"spec", "target", "name"}, nil}}},
	"Certificate.cert-manager.io":                       {{model.KindSecret, [][]string{{"spec", "secretName"}}}},
	"SealedSecret.bitnami.com":                          {{model.KindSecret, [][]string{{"spec", "template", "metadata", "name"}, nil}}},
	"VaultStaticSecret.secrets.hashicorp.com":           {{model.KindSecret, [][]string{{"spec", "destination", "name"}}}},
	"VaultDynamicSecret.secrets.hashicorp.com":          {{model.KindSecret, [][]string{{"spec", "destination", "name"}}}},
	"VaultPKISecret.secrets.hashicorp.com":              {{model.KindSecret, [][]string{{"spec", "destination", "name"}}}},
	"VaultSecret.ricoberger.de":                         {{model.KindSecret, [][]string{nil}}},
	"OnePasswordItem.onepassword.com":                   {{model.KindSecret, [][]string{nil}}},
	"InfisicalSecret.secrets.infisical.com":             {{model.KindSecret, [][]string{{"spec", "managedSecretReference", "secretName"}}}},
	"DopplerSecret.secrets.doppler.com":                 {{model.KindSecret, [][]string{{"spec", "managedSecret", "name"}}}},
	"AzureKeyVaultSecret.spv.no":                        {{model.KindSecret, [][]string{{"spec", "output", "secret", "name"}}}},
	"SopsSecret.isindir.github.com":                     {{model.KindSecret, [][]string{nil}}},
	"Password.generators.external-secrets.io":           {{model.KindSecret, [][]string{nil}}},
	"KafkaUser.kafka.strimzi.io":                        {{model.KindSecret, [][]string{nil}}},
	"ObjectBucketClaim.objectbucket.io":                 {{model.KindSecret, [][]string{nil}}, {model.KindConfigMap, [][]string{nil}}},
	"Bundle.trust.cert-manager.io":                      {{model.KindConfigMap, [][]string{nil}}},
	"StringSecret.secretgenerator.mittwald.de":          {{model.KindSecret, [][]string{nil}}},
	"ServiceBinding.servicecatalog.k8s.io":              {{model.KindSecret, [][]string{{"spec", "secretName"}, nil}}},
	"RabbitmqCluster.rabbitmq.com":                      {{model.KindSecret, [][]string{{"status", "defaultUser", "secretReference", "name"}}}},
	"PostgresCluster.postgres-operator.crunchydata.com": {{model.KindSecret, [][]string{nil}}},
}

// makes draws what a controller makes of a custom resource.
func (p *Projector) makes(o *model.Object, u *unstructured.Unstructured) (out []model.Reference) {
	add := func(kind model.Kind, name, path string) {
		if isName(name) && o.Namespace != "" && len(out) < maxMentions {
			out = append(out, model.Reference{
				Type: model.EdgeMakes, To: model.Ref{Kind: kind, Namespace: o.Namespace, Name: p.word(name)}, Path: path, Optional: true,
			})
		}
	}
	for _, m := range makers[string(o.Kind)] {
		for _, field := range m.fields {
			if field == nil {
				add(m.kind, o.Name, "metadata.name")
				break
			}
			if name, _, _ := unstructured.NestedString(u.Object, field...); name != "" {
				add(m.kind, name, joinPath(field))
				break
			}
		}
	}
	if o.Kind == "SecretProviderClass.secrets-store.csi.x-k8s.io" {
		list, _, _ := unstructured.NestedSlice(u.Object, "spec", "secretObjects")
		for i, item := range list {
			if m, ok := item.(map[string]any); ok {
				add(model.KindSecret, text(m, "secretName"), at("spec.secretObjects", i)+".secretName")
			}
		}
	}
	return out
}

func joinPath(field []string) string {
	out := field[0]
	for _, f := range field[1:] {
		out += "." + f
	}
	return out
}
