# The index of what can be done here. `make` or `make help` prints it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# One build configuration serves everything that runs here, so nothing is built twice.
SWIFT_BUILD := swift build --build-tests --explicit-target-dependency-import-check error

# Tests that run at once: many wait for a server and few compute, but on two cores too many starve each other.
TEST_WIDTH := 12
# The same of tests that start a platform each: ten processes, a PostgreSQL, and for some a browser.
PLATFORM_TEST_WIDTH := 4
PLATFORM_TESTS := IntegrationTests|DevPlatformTests
# Tests that measure how long something takes, and not whether it comes.
TIMED_TESTS := ChaosTests|aMarkIsToldSoon

.PHONY: help setup build dev up demo chaos test check lint format generate generate-check \
	contracts-check release-contracts docs conformance proof deploy-check mutations fuzz fuzz-check rotation-test restart-test thread-check bench clean

help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install the Debian packages and Python peers that are missing
	@deploy/dev/setup.sh

build: setup ## Build everything, tests included
	@$(SWIFT_BUILD)

dev: build ## Run the whole platform on https://localhost:8443 until Ctrl-C; state in .dev; REPLICAS=2: two of each
	@.build/debug/alphintra dev --replicas $(or $(REPLICAS),1)

up: build ## Run the manifests of deploy/kubernetes as processes until Ctrl-C; state in .up
	@.build/debug/alphintra up -f deploy/kubernetes

demo: build ## Prove that orders travel, fill and add up: the same mesh, a client, an audit
	@.build/debug/alphintra demo

test: build ## Run all tests
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TEST_WIDTH) \
		Tests/run.sh --skip '$(PLATFORM_TESTS)|$(TIMED_TESTS)|DifferentialTests'
	@# A dozen platforms on two cores answer so late that what is to happen within a minute does not.
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(PLATFORM_TEST_WIDTH) \
		Tests/run.sh --filter '$(PLATFORM_TESTS)' --skip '$(TIMED_TESTS)'
	@# By itself: it keeps both cores busy, and the others measure no speed but do wait for servers.
	@Tests/run.sh --filter DifferentialTests
	@# By themselves and one by one: they take how long the platform needs, and not how long it waits for the others.
	@Tests/run.sh --no-parallel --filter '$(TIMED_TESTS)'

# What is checked without measuring or waiting for anything: two at a time, for most of them keep one core busy.
CHECKS := fuzz-check deploy-check conformance lint generate-check contracts-check
# Of a make within this one, which need not build again.
BUILT := --no-print-directory --old-file=setup --old-file=build

check: build ## What CI runs: format, generated code, contracts, imports, warnings, all tests, the proof
	@$(MAKE) $(BUILT) --jobs=2 --output-sync $(CHECKS)
	@$(MAKE) $(BUILT) test
	@$(MAKE) $(BUILT) proof

lint: ## Check the format of the sources
	@git ls-files -z '*.swift' | xargs -0 -r swift format lint --strict --parallel

format: ## Format the sources in place
	@git ls-files -z '*.swift' | xargs -0 -r swift format format --in-place --parallel

generate: setup ## Generate Swift, OpenAPI, the access table and policies from protos
	@codegen/generate.sh

generate-check: build ## Fail if the committed generated code is not what the contracts yield
	@codegen/generate.sh --check

contracts-check: build ## Check the contracts' style, and whom their changes since the last release break
	@codegen/check-contracts.sh

release-contracts: build ## Make what the contracts promise now the baseline of contracts-check
	@codegen/check-contracts.sh --release

docs: setup ## Build the documentation of the generator, of RPC and of Mesh; result in .build/docs
	@codegen/document.sh

conformance: build ## Run protobuf's conformance suite against the codec; its runner is built once
	@Tests/Conformance/run.sh

proof: build ## Prove that from one proto everything else follows: add two RPCs to a clone, and look
	@Tests/Proof/prove.sh

deploy-check: build ## Check image, manifests, alerts and CI as far as that goes without containers and a cluster
	@Tests/Deploy/check.sh

# How many mutated inputs, and how many seconds of fuzzing for each target.
MUTATIONS := 2000000
FUZZ_SECONDS := 120

mutations: setup ## Read 2,000,000 mutated messages under AddressSanitizer; MUTATIONS=… for another number
	@Tests/Fuzzing/mutations.sh $(MUTATIONS)

fuzz: setup ## Run libFuzzer on messages, framing, headers and HTTP/2; FUZZ_SECONDS=… each, FUZZ_TARGETS=… for some
	@Tests/Fuzzing/fuzz.sh $(FUZZ_SECONDS) $(FUZZ_TARGETS)

fuzz-check: setup ## The same for a quarter of a minute, and the mutated messages; part of check
	@Tests/Fuzzing/fuzz.sh 15
	@Tests/Fuzzing/mutations.sh $(MUTATIONS)

# How many calls are made while certificates are replaced.
ROTATION_CALLS := 100000

rotation-test: build ## Make 100,000 calls while all certificates are replaced; ROTATION_CALLS=… for another number
	@ROTATION_CALLS=$(ROTATION_CALLS) Tests/run.sh --filter RotationTests

thread-check: build ## Run the runtime's tests under ThreadSanitizer, in a copy of the checkout
	@Tests/ThreadSanitizer/run.sh

# How many calls are made while servers are replaced, for each of two orders, and as processes.
RESTART_CALLS := 100000

restart-test: build ## Make 100,000 calls while servers are replaced in turn; RESTART_CALLS=… for another number
	@RESTART_CALLS=$(RESTART_CALLS) Tests/run.sh --filter 'RollingRestartTests|ProcessRestartTests'

# How often something is killed, and the seed of what, when and where; a random one unless told.
KILLS := 100

chaos: build ## Kill services, gateway, database and broker 100 times amid trading; KILLS=…, SEED=… of an earlier run
	@CHAOS_KILLS=$(KILLS) CHAOS_SEED=$(SEED) Tests/run.sh --filter ChaosTests

bench: ## Measure against peers; results in .build/bench
	@deploy/dev/setup.sh --bench
	@Tests/Benchmarks/run.sh

clean: ## Remove what was built and the development state
	@rm -rf .build .dev
