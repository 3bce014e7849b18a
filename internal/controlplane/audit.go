package controlplane

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Request is one line of the audit log: a request that the API server answered, or,
// for a watch, began to answer.
type Request struct {
	Stage      string    `json:"stage"`
	Verb       string    `json:"verb"`
	URI        string    `json:"requestURI"`
	UserAgent  string    `json:"userAgent"`
	ReceivedAt time.Time `json:"requestReceivedTimestamp"`
	User       struct {
		Name   string   `json:"username"`
		Groups []string `json:"groups"`
	} `json:"user"`
	// As is who the user pretended to be, if anyone.
	As *struct {
		Name string `json:"username"`
	} `json:"impersonatedUser"`
	Object struct {
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Group       string `json:"apiGroup"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
	Response struct {
		Code int `json:"code"`
	} `json:"responseStatus"`
}

// Requests returns those of the audit log's requests that keep wants; nil wants all.
// A watch is in it twice, at its start (stage ResponseStarted) and at its end.
func (c *Cluster) Requests(keep func(Request) bool) ([]Request, error) {
	if c.AuditLog == "" {
		return nil, errors.New("reading the audit log: the cluster was started without one")
	}
	file, err := os.Open(c.AuditLog)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	defer func() { _ = file.Close() }()
	var out []Request
	lines := bufio.NewReader(file)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return out, nil // a last line without an end is still being written
		}
		if err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		var request Request
		if err := json.Unmarshal(line, &request); err != nil {
			return nil, fmt.Errorf("reading the audit log: %w", err)
		}
		if keep == nil || keep(request) {
			out = append(out, request)
		}
	}
}
