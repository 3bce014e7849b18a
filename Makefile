# The words a newcomer tries. Everything is built and tested with the Go toolchain alone.
#
# What is built here is built without cgo, as a release is: with it the linker takes the
# program for one that loads plugins, since a library of kubectl could, and keeps all that
# a plugin might want: a quarter more. Kubernetes' libraries are compiled once for `make
# build`, `make demo` and the end-to-end tests, and once more for the race detector, which
# needs cgo. `make dist` builds with all of a release's flags.
export CGO_ENABLED := 0

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

.PHONY: build dist chart cluster test unit plain race modules e2e e2e-rooms e2e-a-h e2e-i-z soak mutants lint fmt generate fuzz demo recording tape pictures bench bench-units bench-probes bench-plane bench-large notices release-files release-check release-snapshot clean

build: ## the careen binary, in bin/
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) .

dist: ## the same as a release has it
	$(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(BIN) .

chart: ## the Helm chart of careen agent, in bin/, for the image of this version
	$(GO) tool helm package deploy/chart --app-version $(VERSION) -d bin

cluster: ## the demo's control plane (4 minutes the first time, cached by its sources)
	$(GO) run ./internal/controlplane/build

test: plain race e2e ## everything that must pass

unit: modules ## unit tests of all modules; make lint vets
	$(GO) test ./...

# make lint vets. The rooms that start goroutines are tested under the race detector, and there only: all
# but their tests that are not for it.
RACED    = git grep -lE '^[[:space:]]+go [a-zA-Z.]+\(|\.Go\(func' -- '*.go' ':!*_test.go' ':!demo/cluster' ':!internal/e2e' | xargs -n1 dirname | sort -u | sed 's|^|./|'
TAGGED   = git grep -l '^//go:build $(1)' -- '$(2)*_test.go'
ROOMS_OF = $(call TAGGED,$(1)) | xargs -n1 dirname | sort -u | sed 's|^|./|'
TESTS_OF = $(call TAGGED,$(1),$(2)) | xargs sed -n 's/^func \(Test[A-Za-z0-9]*\)(.*/\1/p' | paste -sd'|'

plain: modules
	$(GO) test -vet=off $$($(GO) list ./... | grep -vxF "$$($(RACED) | xargs $(GO) list)")
	$(GO) test -vet=off -run "^($$($(call TESTS_OF,!race)))$$" $$($(call ROOMS_OF,!race))

race: export CGO_ENABLED := 1
race: ## unit tests of the rooms that start goroutines, under the race detector
	$(GO) test -vet=off -race $$($(RACED))

modules: ## unit tests of the modules beside careen's
	cd demo/cluster && $(GO) vet ./... && $(GO) test ./...
	cd deploy/test && $(GO) vet ./... && $(GO) test ./...
	cd internal/release/helm4 && $(GO) vet ./... && $(GO) test ./...

# The tests of the whole program take as long as those of all rooms, and most of it is
# waiting: they are two halves, each with control planes of its own.
E2E = $(GO) test -vet=off -tags e2e -count=1 -timeout 30m -parallel 6
e2e: build cluster ## the built binary, through a pseudo-terminal, on a real control plane
	$(MAKE) --no-print-directory --jobs 3 --output-sync e2e-rooms e2e-a-h e2e-i-z

e2e-rooms:
	$(E2E) -p 1 -run "^($$($(call TESTS_OF,e2e)))$$" $$($(call ROOMS_OF,e2e) | grep -vx ./internal/e2e)

e2e-a-h e2e-i-z: e2e-%:
	$(E2E) -run "^($$($(call TESTS_OF,e2e,internal/e2e/[$*])))$$" ./internal/e2e

soak: build cluster ## an agent and the interface under churn for ten minutes each, or CAREEN_SOAK
	CAREEN_SOAK=$${CAREEN_SOAK:-10m} $(GO) test -tags e2e -count=1 -timeout 2h -run 'UnderChurn$$' -v ./internal/e2e

mutants: ## each condition of the probes broken on purpose, or of the files whose names begin with FILES: which loss does no fixture notice?
	$(GO) run ./internal/mutants/run $(FILES)

lint:
	$(GO) run $(GOLANGCI_LINT) run
	test -z "$$($(GO) run $(GOFUMPT) -l $$(git ls-files '*.go'))"
	test -z "$$($(GO) run $(DEADCODE) -tags e2e,bench,mutants -test ./...)" || { $(GO) run $(DEADCODE) -tags e2e,bench,mutants -test ./...; exit 1; }

fmt:
	$(GO) run $(GOFUMPT) -w $$(git ls-files '*.go')

generate: ## the docs that are made from the code
	$(GO) generate ./...

fuzz: ## every fuzz target, FUZZTIME each
	@for file in $$(git grep -l '^func Fuzz' -- '*_test.go'); do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' $$file); do \
			echo "$$(dirname $$file) $$target"; \
			$(GO) test ./$$(dirname $$file) -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x || exit 1; \
		done; \
	done

pictures: ## the screens of the README, drawn from the interface
	$(GO) test ./tui -run TestThePicturesAreFresh -update

recording: build cluster ## the recording of the demo that the interface shows until the real one is there
	@set -e; log=$$(mktemp); $(BIN) demo --headless > $$log & pid=$$!; \
	trap 'kill -INT $$pid 2>/dev/null || true; wait $$pid || true; rm -f $$log' EXIT; \
	until grep -q '^ready' $$log; do kill -0 $$pid; sleep 1; done; \
	echo "planted; some of it careen finds only after minutes" >&2; tries=20; \
	until $(BIN) snapshot --kubeconfig "$$(sed -n 's/^KUBECONFIG=//p' $$log)" -o demo/recording.careen && \
		$(GO) test ./internal/command -run '^TestTheRecordingHoldsEveryIncident$$'; do \
		tries=$$((tries - 1)); test $$tries -gt 0; sleep 15; \
	done; \
	$(GO) test ./internal/command -run '^TestTheRecordingOfTheDemoIsFresh$$' -update

tape: build cluster ## demo/careen.cast: the demo as a person drives it, for asciinema play
	$(GO) run ./internal/e2e/cast $(BIN) demo/careen.cast

demo: ## the interface, on a real control plane with real incidents
	$(GO) run . demo

# Each of these prints the table of the budgets that it measures; bench prints one for all.
# CAREEN_ROUNDS says how often each audit is run, ten times otherwise.
BENCH_UNITS  = $(GO) test -run '^$$' -bench . -benchmem ./internal/... ./probes/... ./views/... ./tui/... && $(BENCH_LOOK)
BENCH_LOOK   = $(GO) test -run '^$$' -bench 'Look|Changed' -cpu 1 -benchmem ./probes
BENCH_E2E    = $(GO) test -tags e2e,bench -count=1 -timeout 60m -run '^$$' -benchtime 1x ./internal/e2e -bench
BUDGETS      = $(GO) run ./internal/e2e/budgets

bench: build cluster ## careen's time, memory, requests and terminal bytes, beside the floor of the same run
	{ $(BENCH_UNITS); $(BENCH_E2E) .; } | $(BUDGETS)

bench-units: ## of it what needs no server: bytes a row, a letter of a filter, each probe
	{ $(BENCH_UNITS); } | $(BUDGETS)

bench-probes: ## of it the whole catalogue over 10,000 pods, and one changed object
	$(BENCH_LOOK) | $(BUDGETS)

bench-plane: build cluster ## of it a real control plane with 10,000 pods, and the interface on it
	$(BENCH_E2E) Plane | $(BUDGETS)

bench-large: ## of it simulated clusters of up to 150,000 pods
	$(BENCH_E2E) 'Simulated|FirstFinding' | $(BUDGETS)

notices: ## the licences of everything that is built in; fails where somebody has to look at one
	mkdir -p .release
	$(GO) run ./internal/notices > .release/THIRD_PARTY_NOTICES.txt
	$(GO) run ./internal/notices demo/cluster > .release/CLUSTER_THIRD_PARTY_NOTICES.txt

release-files: notices ## what a release holds beside the programs, in .release/
	rm -rf .release/man .release/completions .release/helm-plugin
	$(GO) run -ldflags '$(LDFLAGS)' . docs .release
	mkdir -p .release/helm-plugin
	cp deploy/helm-plugin/plugin.complete .release/helm-plugin/
	v='$(VERSION:v%=%)'; case "$$v" in [0-9]*.[0-9]*.[0-9]*) ;; *) v=0.0.0-g$$v ;; esac; \
		sed "s/^version: .*/version: $$v/" deploy/helm-plugin/plugin.yaml > .release/helm-plugin/plugin.yaml

release-check: ## whether goreleaser takes its configuration
	$(GO) run $(GORELEASER) check

# Images and casks are for a registry and a tap, signatures for the workflow that has an
# identity; syft is a program of its own.
release-snapshot: ## all of a release that can be made here, in dist/
	@skip=ko,homebrew,sign,docker; \
	echo "left out: the image (needs a registry: ko), the Homebrew cask (needs the tap), signatures (need cosign and the workflow's identity)"; \
	if ! command -v syft >/dev/null; then skip=$$skip,sbom; echo "left out: SBOMs (need syft: https://github.com/anchore/syft)"; fi; \
	HOMEBREW_TAP_TOKEN= $(GO) run $(GORELEASER) release --snapshot --clean --timeout 4h --skip=$$skip || { \
		echo "goreleaser did not come to its end. It is downloaded and built the first time, which needs a network." >&2; exit 1; }

clean:
	rm -rf bin dist .release
