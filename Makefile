# The words a newcomer tries. Everything is built and tested with the Go toolchain alone.
#
# What is built here has the flags of a plain `go build`, apart from the linker's: so
# Kubernetes' libraries are compiled once for `go build`, `go run . demo`, `make build`
# and the end-to-end tests, and once more for the race detector. A release has flags of
# its own (-trimpath, no cgo: .goreleaser.yaml); `make dist` builds like one.

GO            ?= go
VERSION       ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN           := bin/careen
COMMIT        := $(shell git rev-parse HEAD 2>/dev/null)
DATE          := $(shell git log -1 --format=%cI 2>/dev/null)
SET           := -X github.com/careen-tui/careen/internal/command
LDFLAGS       := -s -w $(SET).version=$(VERSION) $(SET).commit=$(COMMIT) $(SET).date=$(DATE)
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       := mvdan.cc/gofumpt@v0.12.0
DEADCODE      := golang.org/x/tools/cmd/deadcode@v0.48.0
GORELEASER    := github.com/goreleaser/goreleaser/v2@v2.13.0
FUZZTIME      ?= 30s

.PHONY: build dist chart cluster test unit e2e lint fmt generate fuzz demo bench release-check clean

build: ## the careen binary, in bin/
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) .

dist: ## the same as a release has it
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

chart: ## the Helm chart of careen agent, in bin/, for the image of this version
	helm package deploy/chart --app-version $(VERSION) -d bin

cluster: ## the demo's control plane (4 minutes the first time, cached by its sources)
	$(GO) run ./internal/controlplane/build

test: unit e2e ## everything that must pass

unit: ## unit tests of both modules, under the race detector
	$(GO) vet ./...
	$(GO) test -race ./...
	cd demo/cluster && $(GO) vet ./... && $(GO) test ./...

e2e: build cluster ## the built binary, through a pseudo-terminal, on a real control plane
	$(GO) test -tags e2e -count=1 -timeout 20m -p 2 -parallel 6 $$(git grep -l '^//go:build e2e' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|')

lint:
	$(GO) run $(GOLANGCI_LINT) run
	test -z "$$($(GO) run $(GOFUMPT) -l $$(git ls-files '*.go'))"
	test -z "$$($(GO) run $(DEADCODE) -tags e2e,bench -test ./...)" || { $(GO) run $(DEADCODE) -tags e2e,bench -test ./...; exit 1; }

fmt:
	$(GO) run $(GOFUMPT) -w $$(git ls-files '*.go')

generate: ## the docs that are made from the code
	$(GO) generate ./...

fuzz: ## every fuzz target, FUZZTIME each
	@for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' $$file); do \
			echo "$$(dirname $$file) $$target"; \
			$(GO) test ./$$(dirname $$file) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

demo: ## the interface, on a real control plane with real incidents
	$(GO) run . demo

bench: build cluster ## careen's time, memory, requests and terminal bytes, beside the floor of the same run
	$(GO) test -run '^$$' -bench . -benchmem ./internal/... ./probes/... ./views/... ./tui/...
	$(GO) test -tags e2e,bench -count=1 -timeout 30m -run '^$$' -bench . -benchtime 1x ./internal/e2e/...

release-check:
	$(GO) run $(GORELEASER) check

clean:
	rm -rf bin dist
