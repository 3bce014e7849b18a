package standin

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// applicationAgent is how a Python application's requests sign themselves.
const applicationAgent = "OpenAPI-Generator/31.0.0/python"

// boot plays the start of a container's application. It returns what it logs, and
// whether it will crash.
func (k *Kubelet) boot(ctx context.Context, pod *corev1.Pod, container corev1.Container) (journal, bool) {
	log := journal{}
	mine := target(pod) == container.Name
	if text, ok := k.planted(ctx, pod, "log", AnnotationLog); ok && mine {
		return log.add(k.now(), text), k.needs(ctx, pod) != "" || simulates(pod, container, SimulateCrashLoop)
	}
	log = log.add(k.now(), fmt.Sprintf("%s starting: image %s, node %s", container.Name, container.Image, pod.Spec.NodeName))
	if !mine {
		return log.add(k.now(), container.Name+" ready"), false
	}
	if traceback := k.needs(ctx, pod); traceback != "" {
		return log.add(k.now(), traceback), true
	}
	if simulates(pod, container, SimulateCrashLoop) {
		code, _ := exit(pod)
		return log.add(k.now(), fmt.Sprintf("fatal: %s gives up, exit code %d", container.Name, code)), true
	}
	return log.add(k.now(), container.Name+" ready"), false
}

// record keeps what a run that crashes now has logged.
func (k *Kubelet) record(pod *corev1.Pod, c *containerRun) {
	c.previous = c.log
	if target(pod) != c.name {
		return
	}
	if text, ok := k.planted(context.Background(), pod, "previous-log", AnnotationPreviousLog); ok {
		c.previous = journal{}.add(c.startedAt, text)
	}
}

// planted is the text that the pod's annotations, or the ConfigMap named by one of
// them, give for a log.
func (k *Kubelet) planted(ctx context.Context, pod *corev1.Pod, key, annotation string) (string, bool) {
	if name := pod.Annotations[AnnotationLogFrom]; name != "" {
		config, err := k.client.CoreV1().ConfigMaps(pod.Namespace).Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			if text, ok := config.Data[key]; ok {
				return text, true
			}
			if bytes, ok := config.BinaryData[key]; ok {
				return string(bytes), true
			}
		}
	}
	text, ok := pod.Annotations[annotation]
	return text, ok
}

// needs reads the Secrets that the application reads, and returns the traceback
// with which it ends if one of them cannot be had.
func (k *Kubelet) needs(ctx context.Context, pod *corev1.Pod) string {
	for _, name := range strings.Split(pod.Annotations[AnnotationNeedsSecret], ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if code, body := k.readAs(ctx, pod, name); code != http.StatusOK {
			return traceback(pod, code, body, k.now().UTC().Format(http.TimeFormat))
		}
	}
	return ""
}

// readAs asks for a Secret as the pod's service account, and returns the API's
// answer as it came.
func (k *Kubelet) readAs(ctx context.Context, pod *corev1.Pod, name string) (int, string) {
	account := pod.Spec.ServiceAccountName
	if account == "" {
		account = "default"
	}
	code := 0
	result := k.client.CoreV1().RESTClient().Get().
		Namespace(pod.Namespace).Resource("secrets").Name(name).
		SetHeader("Accept", "application/json").
		SetHeader("User-Agent", applicationAgent).
		SetHeader("Impersonate-User", "system:serviceaccount:"+pod.Namespace+":"+account).
		SetHeader("Impersonate-Group", "system:serviceaccounts", "system:serviceaccounts:"+pod.Namespace, "system:authenticated").
		Do(ctx).StatusCode(&code)
	body, _ := result.Raw()
	return code, strings.TrimSpace(string(body))
}

// traceback is how Keep's backend ends when its Secret cannot be read: it deletes
// a provider that is no longer configured, for which it reads its Secret first.
func traceback(pod *corev1.Pod, code int, body, date string) string {
	const kubernetes = "/venv/lib/python3.11/site-packages/kubernetes/client"
	reason := strings.TrimSpace(http.StatusText(code))
	var b strings.Builder
	fmt.Fprintf(&b, `[INFO] keep.providers.providers_service: Provisioning providers (pod %s)
[INFO] keep.providers.providers_service: Deleting provider that is no longer configured
[ERROR] keep.secretmanager.kubernetessecretmanager: Error reading secret
Traceback (most recent call last):
  File "/app/keep/providers/providers_service.py", line 452, in provision_providers
    ProvidersService.delete_provider(
  File "/app/keep/providers/providers_service.py", line 334, in delete_provider
    config = secret_manager.read_secret(provider_model.configuration_key, is_json=True)
  File "/app/keep/secretmanager/kubernetessecretmanager.py", line 70, in read_secret
    response = self.api.read_namespaced_secret(
  File "%[2]s/api/core_v1_api.py", line 24821, in read_namespaced_secret
    return self.read_namespaced_secret_with_http_info(name, namespace, **kwargs)
  File "%[2]s/rest.py", line 238, in request
    raise ApiException(http_resp=r)
kubernetes.client.exceptions.ApiException: (%[3]d)
Reason: %[4]s
HTTP response headers: HTTPHeaderDict({'Audit-Id': '%[5]s', 'Cache-Control': 'no-cache, private', 'Content-Type': 'application/json', 'Date': '%[6]s', 'Content-Length': '%[7]d'})
HTTP response body: %[8]s
`, pod.Name, kubernetes, code, reason, auditID(pod.UID), date, len(body), body)
	return b.String()
}

// auditID has the shape of one.
func auditID(uid types.UID) string { return strings.ToLower(string(uid)) }
