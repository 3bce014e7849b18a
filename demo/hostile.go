package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/probes"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Hostile lists what must never reach a terminal or a report as it is: escape
// sequences that clear the screen, set the title or the clipboard, controls of the C1
// set, and characters that reorder or hide text.
var Hostile = []string{
	"\x1b[2J", "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x07", "\u009b31m", "\u202e", "\u200b", "\x1bP",
}

// hostileText holds all of them, in a sentence.
var hostileText = "a tidy\x1b[2J sentence\x1b]0;owned\x07 that\x1b]52;c;b3duZWQ=\x07 looks\u009b31m like\u202e\u200b any\x1bPother"

// hostile is text from people who know that careen is a program for terminals.
var hostile = Incident{
	ID:         "hostile",
	Title:      "annotations, events, logs and release notes full of escape sequences",
	Namespaces: []string{"hostile"},
	Findings: []string{
		found(probes.ServiceAccountMissing, "hostile/Deployment/trojan"),
		found(probes.AdmissionRefused, "hostile/Deployment/trojan"),
		found(probes.APIReadSecretMissing, "hostile/Deployment/shouter"),
	},
	Settled: []string{found(probes.ContainerFailing, "hostile/Deployment/shouter")},
	Prepare: func(ctx context.Context, p *Planter) error { return p.namespace(ctx, "hostile", nil) },
	Complete: func(ctx context.Context, p *Planter) error {
		p.say("planting hostile: texts with escape sequences")
		if err := p.shout(ctx); err != nil {
			return err
		}
		if err := p.apply(ctx, "hostile.yaml"); err != nil {
			return err
		}
		if err := p.annotateHostile(ctx); err != nil {
			return err
		}
		if _, err := p.helm("hostile").described(hostileText).install(ctx, "notes", "review-app", nil); err != nil {
			return err
		}
		return p.awaitWaiting(ctx, "hostile", "app.kubernetes.io/name=shouter", "CrashLoopBackOff")
	},
}

// shout stores the log that the crashing container will have written: it names a
// Secret that nobody could have, and ends with a line of a megabyte.
func (p *Planter) shout(ctx context.Context) error {
	log := hostileText + "\n" + `secrets "evil` + "\x1b[2J\u202e" + `" not found` + "\n" +
		strings.Repeat("A", 700_000) + "\n\x1b]0;owned\x07the end\n"
	config := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "hostile", Name: "shouter-log"},
		BinaryData: map[string][]byte{"previous-log": []byte(log)},
	}
	_, err := p.kube.CoreV1().ConfigMaps("hostile").Create(ctx, config, metav1.CreateOptions{FieldManager: manager})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("storing the log: %w", err)
	}
	return nil
}

// annotateHostile puts the text where careen reads text: into an annotation of the
// Deployment, and into an event about it.
func (p *Planter) annotateHostile(ctx context.Context) error {
	deployment, err := p.kube.AppsV1().Deployments("hostile").Get(ctx, "trojan", metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading the deployment: %w", err)
	}
	patch, err := json.Marshal(values{"metadata": values{"annotations": values{"example.com/description": hostileText}}})
	if err != nil {
		return fmt.Errorf("writing the annotation: %w", err)
	}
	if _, err := p.kube.AppsV1().Deployments("hostile").Patch(ctx, "trojan", types.MergePatchType, patch, metav1.PatchOptions{FieldManager: manager}); err != nil {
		return fmt.Errorf("annotating the deployment: %w", err)
	}
	now := metav1.NewTime(time.Now())
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: "hostile", GenerateName: "trojan."},
		InvolvedObject: corev1.ObjectReference{
			APIVersion: "apps/v1", Kind: "Deployment", Namespace: "hostile", Name: "trojan", UID: deployment.UID,
		},
		Type: corev1.EventTypeWarning, Reason: "FailedCreate", Message: "admission webhook refused: " + hostileText,
		Source: corev1.EventSource{Component: "trojan"}, FirstTimestamp: now, LastTimestamp: now, Count: 1,
	}
	if _, err := p.kube.CoreV1().Events("hostile").Create(ctx, event, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("writing an event: %w", err)
	}
	return nil
}
