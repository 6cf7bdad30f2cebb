# One build folder for each configuration, so that none throws away what another has built.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test test-core test-all build release lint format bench sim fuzz chaos packages clean

SOURCES := Sources Tests Package.swift
CORE    := CORE_ONLY=1 swift test --disable-xctest --scratch-path .build-core
CHECKED := --explicit-target-dependency-import-check error
RELEASE := swift build --configuration release --scratch-path .build-release --disable-index-store
ONCE    ?=
SEEDS   ?= 1000
SEED    ?=
ROUNDS  ?= 100
INPUTS  ?= 1000000

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: packages ## the whole story on a real Mesos and ZooKeeper; stays until Ctrl-C. ONCE=1 checks each step and ends
	@Scripts/demo $(if $(ONCE),--once)

test: test-packages lint test-core test-all ## everything: format, core, simulation, adapters, integration

test-core: ## the pure rooms alone: seconds, the loop to work in
	$(CORE)

# In stages, because each wants the machine for itself: the simulation fills both cores, and tests that watch a real
# server's clock must not wait behind it. What no other stage names runs in the first. The names are those of targets, from the
# beginning to the dot: a suite may have the name of another target.
STAGES := ^(DomainTests|ManifestsTests|PlanningTests|RolloutTests|SchedulingTests|TidyTests|ZooKeeperStoreTests|GitSourceTests|SimulationTests|IntegrationTests)\.
STAGE  := swift test --skip-build --disable-xctest

test-all: packages
	swift build --build-tests $(CHECKED)
	$(STAGE) --skip '$(STAGES)'
	$(STAGE) --filter '^(ZooKeeperStoreTests|GitSourceTests)\.'
	$(STAGE) --filter '^SimulationTests\.'
	$(STAGE) --filter '^IntegrationTests\.'

build: packages ## debug build
	swift build $(CHECKED)

release: packages ## .build-release/release/pacer
	$(RELEASE) --product pacer

lint: ## is everything formatted, and within the style's rules?
	swift format lint -s -r -p $(SOURCES)

format: ## brings everything into the one format
	swift format -i -r -p $(SOURCES)

bench: packages ## loading, planning and placement, as ratios to their floors
	$(RELEASE) --product pacer-bench
	.build-release/release/pacer-bench

# Many worlds are lived through optimised, which is worth its build; one, to look into it, is not.
sim: ## the simulation with many seeds: SEEDS=1000, or just one with its trace: SEED=42
	PACER_SIM_SEEDS=$(SEEDS) PACER_SIM_SEED=$(SEED) PACER_ONLY=Simulation \
		swift test --disable-xctest --filter SimulationTests \
		$(if $(SEED),--scratch-path .build-sim,--scratch-path .build-sim-fast -Xswiftc -O)

fuzz: packages ## reads broken manifests: INPUTS=10000000, SEED=1
	PACER_ONLY=pacer-fuzz swift build --configuration release --scratch-path .build-fuzz --disable-index-store --product pacer-fuzz
	.build-fuzz/release/pacer-fuzz --inputs $(INPUTS) --seed $(or $(SEED),1) --keep .build-fuzz/input

chaos: packages ## kills controllers of a real Mesos and ZooKeeper: ROUNDS=100, SEED=42 for one stream of commits
	swift build --build-tests
	PACER_CHAOS_ROUNDS=$(ROUNDS) PACER_CHAOS_SEED=$(SEED) $(STAGE) --filter 'ChaosTests.*thirty'

packages:
	@Scripts/install-packages

.PHONY: test-packages
test-packages:
	@Scripts/install-packages --tests

clean: ## removes every build folder
	rm -rf .build .build-core .build-release .build-sim .build-sim-fast .build-fuzz
