package project

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestPortsThatSettingsNameWithoutAHost(t *testing.T) {
	for _, test := range []struct {
		name string
		c    corev1.Container
		want []int32
	}{
		{"variables", corev1.Container{Env: []corev1.EnvVar{
			{Name: "PORT", Value: "8080"},
			{Name: "BIND", Value: "0.0.0.0:9000"},
			{Name: "HTTP_ADDR", Value: ":9001"},
			{Name: "JAVA_OPTS", Value: "-Dserver.port=9002 -Xmx512m"},
			{Name: "LISTEN_URL", Value: "http://*:9003/"},
		}}, []int32{8080, 9000, 9001, 9002, 9003}},
		{"arguments", corev1.Container{Command: []string{"python", "-m", "http.server", "8000"}, Args: []string{"--port=8080", "--bind", "[::]:9000", "nc -l -p 7000; true"}}, []int32{8000, 8080, 9000, 7000}},
		{"no port of its own", corev1.Container{
			Env:  []corev1.EnvVar{{Name: "DB", Value: "orders-db:5432"}, {Name: "RETRIES", Value: "8080"}, {Name: "PORT_RANGE", Value: "99999"}, {Name: "PORT", Value: "7"}},
			Args: []string{"--upstream=http://orders:8080/", "--timeout=3600s", "10.0.0.1:6379"},
		}, nil},
		{"once", corev1.Container{Env: []corev1.EnvVar{{Name: "PORT", Value: "8080"}}, Args: []string{"--port", "8080"}}, []int32{8080}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := projected(t, corev1.PodSpec{Containers: []corev1.Container{test.c}}).Listens; !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
