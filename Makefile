# The only door: `make help` lists what there is. Every target installs and builds what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The project brings its own Node (npm package `node`), so any Node >= 20 with npm can run everything.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
INSTALLED := node_modules/.package-lock.json
JEST := node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js
REPORTS := build/reports

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(INSTALLED): package.json package-lock.json crds/package.json operator/package.json proxy/package.json test/package.json
	npm ci --no-audit --no-fund
	@touch $@

$(REPORTS):
	mkdir -p $@

.PHONY: build
build: $(INSTALLED) ## Compile every package
	tsc -b

.PHONY: start
start: build ## Run operator, two proxies and simulated providers here; no cluster, no key (ARGS="--help" for flags)
	@node operator/dist/main.js dev $(ARGS)

.PHONY: test
test: build $(REPORTS) ## Unit, contract, whole-path and control-plane tests (real kube-apiserver and etcd; builds them once)
	$(JEST) --selectProjects unit paths --json --outputFile=$(REPORTS)/test.json
	$(JEST) --selectProjects control-plane --runInBand --json --outputFile=$(REPORTS)/control-plane.json
	@node tooling/print-totals.mjs $(REPORTS)/test.json $(REPORTS)/control-plane.json

.PHONY: matrix
matrix: build ## SDKs against every dialect, and what each pair of dialects loses; writes both tables to docs/dialects.md
	HEADGATE_UPDATE_GOLDEN=1 $(JEST) --silent --selectProjects unit paths --testPathPatterns 'paths/clients/' 'dialects/loss-table'
	@sed -n '/<!-- clients:begin/,/<!-- clients:end/p; /<!-- losses:begin/,/<!-- losses:end/p' docs/dialects.md

.PHONY: fuzz
fuzz: build ## 100,000 mutated requests, answers and streams per dialect, then every property, with draws of their own (RUNS=n, SEED=n)
	HEADGATE_FUZZ_SEED=$(or $(SEED),$(shell date +%s)) HEADGATE_FUZZ_RUNS=$(or $(RUNS),100000) $(JEST) --selectProjects unit

.PHONY: lint
lint: $(INSTALLED) ## Format, lint (layers, purity, cycles), type check, generated files up to date
	biome ci --error-on-warnings --colors=off --max-diagnostics=20 .
	tsc -b
	tsc -p tsconfig.tests.json
	tsc -p crds/scripts
	node crds/scripts/generate.ts --check

.PHONY: generate
generate: $(INSTALLED) ## Regenerate types, validators, schemas and reference from the CRDs
	node crds/scripts/generate.ts

.PHONY: images
images: build ## Write build/images/{operator,proxy,simulator}.tar without a container engine
	node tooling/images/build-images.ts

.PHONY: cluster-test
cluster-test: images $(REPORTS) ## Pod tests on a real one-node Kubernetes (root; builds it once)
	$(JEST) --selectProjects pods --runInBand --json --outputFile=$(REPORTS)/pods.json
	@node tooling/print-totals.mjs $(REPORTS)/pods.json

.PHONY: chart
chart: build ## Sync the CRDs into the chart, lint and package it to build/
	node tooling/sync-chart.mjs
	node test/dist/cluster/helm-package.js

.PHONY: bench
bench: build ## Proxy beside bare node:http + undici and nginx; writes test/bench/RESULTS.md
	node test/dist/bench/run.js

.PHONY: clean
clean: ## Remove what was built
	rm -rf build crds/dist operator/dist proxy/dist test/dist
