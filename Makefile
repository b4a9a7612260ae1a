# git-uet. Plain "make" prints the targets.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
FLAGS ?=

# Where packages and objects go. A source folder that cannot be written to is left alone: the build then
# goes to the user's cache, through a folder of links, because SwiftPM writes beside Package.swift.
ifeq ($(shell test -w . && echo yes),yes)
BUILD ?= .build
else
BUILD ?= $(shell echo "$${XDG_CACHE_HOME:-$$HOME/.cache}")/git-uet/build
PACKAGE := $(BUILD)/package
PACKAGE_FLAGS := --package-path "$(PACKAGE)"
endif

SWIFT_FLAGS = $(PACKAGE_FLAGS) --scratch-path "$(BUILD)" \
	--explicit-target-dependency-import-check error $(FLAGS)
ifeq ($(shell uname -s),Linux)
# No number in the file that is made of the paths of this machine, and none of these paths.
RELEASE_FLAGS = -c release --static-swift-stdlib -Xlinker --build-id=none \
	-Xcc -ffile-prefix-map="$(abspath $(BUILD))"=.
# git starts the program as a hook at each push: no places to be put in order (100,000 where it may lie anywhere), no
# table of all symbols, and the library of C++ in it, as far as it is there (see scripts/link-static).
PROGRAM_FLAGS = --disable-local-rpath -Xlinker -no-pie -Xlinker --no-export-dynamic
# Nor 7 MB of tables for exceptions, which nothing here throws: see the script.
SMALL_FLAGS = -Xlinker -T -Xlinker "$(CURDIR)/scripts/program.ld"
# SwiftPM asks pkg-config itself only for what is linked.
SWIFT_FLAGS += $(addprefix -Xcc ,$(shell pkg-config --cflags-only-I libgit2 2>/dev/null))
else
RELEASE_FLAGS = -c release
endif
# What is given out is built in a folder whose path has 120 bytes, wherever it is: where a closure of GRDB's that must not
# escape is checked, Swift puts the length of its source's path into the program, though not the path.
DIST_LENGTH = 120
DIST_BUILD = $(shell LC_ALL=C; folder="$(CURDIR)/.build-dist/"; rest=$$(($(DIST_LENGTH) - $${#folder})); \
	printf '%s%0*d' "$$folder" $$((rest > 0 ? rest : 1)) 0)
BIN = $(BUILD)/release/git-uet
DASHBOARD = $(BUILD)/release/git-uet-dashboard
# Tests that start many processes and wait for them: two at a time, so that none starves another.
PROCESS_TESTS = UETLedgerTests|EndToEndTests
# Tests in which one part of this process waits for another, by the clock: one at a time.
CLOCK_TESTS = UETEngineTests|UETWorkersTests|SigningTests|ChildWatchTests
# State machines against simulated worlds: optimised they take a fifteenth of the time.
SIMULATED_TESTS = UETModelTests|UETSchedulingTests|UETMergeQueueTests|UETAdvisingTests
# Most repositories of tests are made in memory where there is room: half the time of their tests is the disk's.
MEMORY := $(shell [ -z "$$TMPDIR" ] && df -k --output=avail /dev/shm 2>/dev/null | \
	awk 'NR == 2 && $$1 > 1000000 { print "TMPDIR=/dev/shm" }')
SOURCES := Package.swift $(shell find Sources -type f)

# Another git than the first on the PATH: "GIT=/path/to/git make test", the same with "make demo".
GIT ?=
ifneq ($(GIT),)
override GIT := $(abspath $(shell command -v "$(GIT)" || echo "$(GIT)"))
export PATH := $(dir $(GIT)):$(PATH)
export GIT
endif

export PREFIX DESTDIR BUILD

.DEFAULT_GOAL := help
.PHONY: help demo build dashboard dist dist-files test test-build test-dist test-long test-agents test-dashboard test-simulations test-cluster test-cluster-short install uninstall bench docs coverage check lint setup setup-tests clean
# One swift build at a time: each uses all cores, and a second one only waits for the first's lock.
.NOTPARALLEL:

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

demo: $(BIN) ## build, then show the main job on a scratch repository
	@GIT_UET="$(BIN)" examples/demo/run.sh

build: $(BIN) ## build the program in release mode

dashboard: $(DASHBOARD) ## build git-uet-dashboard in release mode; the first time takes some minutes

setup: ## install what is missing: libgit2, SQLite, pkg-config
	@scripts/setup.sh $(PACKAGE)

setup-tests:
	@scripts/setup.sh --tests $(PACKAGE)

# Made again only when a source is newer, so that "sudo make install" after "make build" compiles nothing.
$(BIN): $(SOURCES)
	@scripts/setup.sh $(PACKAGE)
	@echo "building git-uet in release mode; the first time takes some minutes"
	@scripts/link-static "$$($(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --show-bin-path)"
	$(SWIFT) build $(RELEASE_FLAGS) $(PROGRAM_FLAGS) $(SMALL_FLAGS) $(SWIFT_FLAGS) --product git-uet
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product uet-supervise
	@touch "$@"

# The packages that only the dashboard's program needs are there with this variable alone; all else stays as it is built.
$(DASHBOARD): $(SOURCES)
	@scripts/setup.sh $(PACKAGE)
	@scripts/link-static "$$($(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --show-bin-path)"
	UET_DASHBOARD=1 $(SWIFT) build $(RELEASE_FLAGS) $(PROGRAM_FLAGS) $(SWIFT_FLAGS) --product git-uet-dashboard
	@touch "$@"

test-build: setup-tests
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)

test: test-build ## run the fast tests (FILTER=REGEX: some)
ifneq ($(FILTER),)
	$(SWIFT) test --skip-build $(SWIFT_FLAGS) --no-parallel --filter '$(FILTER)'
else
	$(MEMORY) $(SWIFT) test --skip-build $(SWIFT_FLAGS) --skip '$(PROCESS_TESTS)|$(CLOCK_TESTS)'
	$(SWIFT) test --skip-build $(SWIFT_FLAGS) --no-parallel --filter '$(CLOCK_TESTS)'
	$(MEMORY) SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=2 \
		$(SWIFT) test --skip-build $(SWIFT_FLAGS) --filter '$(PROCESS_TESTS)'
	@scripts/check-docs "$(BUILD)/debug/git-uet"
endif

test-long: setup-tests test-simulations test-dashboard ## run all tests, those that take long as well
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	UET_LONG=1 $(SWIFT) test --skip-build $(SWIFT_FLAGS) \
		--skip '$(PROCESS_TESTS)|$(CLOCK_TESTS)|$(SIMULATED_TESTS)'
	UET_LONG=1 $(SWIFT) test --skip-build $(SWIFT_FLAGS) --no-parallel \
		--filter '$(PROCESS_TESTS)|$(CLOCK_TESTS)'

test-simulations: ## simulate runs and queues, optimised, with 100,000 seeds
	UET_SIMULATIONS=1 UET_LONG=1 $(SWIFT) test -c release $(PACKAGE_FLAGS) \
		--scratch-path "$(BUILD)/simulations" -Xswiftc -enable-testing

test-agents: setup ## run real agent programs against a model of our own (ONLY="claude codex done": some)
	$(SWIFT) build $(SWIFT_FLAGS) --product git-uet
	$(SWIFT) build $(SWIFT_FLAGS) --product uet-supervise
	@scripts/agents.sh "$(BUILD)/agents"
	@python3 Tests/Agents/run.py "$(BUILD)/debug/git-uet" "$(BUILD)/agents" $(ONLY)

test-dashboard: setup ## ask the real dashboard, by HTTP and, where Chromium is there, in a browser (ONLY=NAME: some)
	$(SWIFT) build $(SWIFT_FLAGS) --product git-uet
	$(SWIFT) build $(SWIFT_FLAGS) --product uet-supervise
	UET_DASHBOARD=1 $(SWIFT) build $(SWIFT_FLAGS) --product git-uet-dashboard
	$(SWIFT) build $(SWIFT_FLAGS) --product ledger-benchmark
	@python3 Tests/Dashboard/run.py "$(BUILD)/debug" $(ONLY)

test-cluster: setup-tests ## hand jobs to a Slurm of its own, which is installed by apt where it is missing
	@Tests/Cluster/slurm install
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	Tests/Cluster/run $(SWIFT) test --skip-build $(SWIFT_FLAGS) --no-parallel --filter 'SlurmClusterTests|RunClusterTests'

test-cluster-short: setup-tests ## one run on a Slurm of its own, in a minute; passes where there can be none
	@if Tests/Cluster/slurm install; then \
	    $(SWIFT) build --build-tests $(SWIFT_FLAGS) && \
	    UET_CLUSTER_OPTIONAL=1 Tests/Cluster/run $(SWIFT) test --skip-build $(SWIFT_FLAGS) --no-parallel --filter sixtyWorkstreamsGiveTheSameAsHere; \
	else echo "cluster: Slurm cannot be installed here; not tested"; fi

install: $(BIN) ## install under PREFIX (/usr/local); DESTDIR is put in front of it
	@scripts/install.sh install "$(BIN)"

dist: ## make packages of this commit in dist/ (UET_DASHBOARD=1: with the dashboard)
	@$(MAKE) BUILD="$(DIST_BUILD)" dist-files

dist-files: $(BIN) $(if $(UET_DASHBOARD),$(DASHBOARD))
	@scripts/make-dist "$(BIN)" dist

test-dist: dist ## install the package for Debian in a system of its own, and run the demonstration there
	@scripts/test-dist dist

uninstall: ## remove exactly what "make install" put there
	@scripts/install.sh uninstall

bench: $(BIN) ## measure, each figure beside its floor
	@scripts/bench.sh "$(BIN)"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product planning-benchmark
	"$(BUILD)/release/planning-benchmark"
	"$(BUILD)/release/planning-benchmark" quality Tests/UETPlanningTests/Instances/solved.jsonl | tail -n 1
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product import-benchmark
	"$(BUILD)/release/import-benchmark"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product agents-benchmark
	"$(BUILD)/release/agents-benchmark"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product redaction-benchmark
	"$(BUILD)/release/redaction-benchmark"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product jobs-benchmark
	"$(BUILD)/release/jobs-benchmark"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product ledger-benchmark
	"$(BUILD)/release/ledger-benchmark"
	@[ ! -x "$(DASHBOARD)" ] || \
		python3 Tests/Benchmarks/Dashboard/dashboard.py "$(DASHBOARD)" "$(BUILD)/release/ledger-benchmark"
	@Tests/Benchmarks/Engine/engine.sh "$(BIN)"
	@Tests/Benchmarks/Safety/safety.sh "$(BIN)"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product queue-benchmark
	"$(BUILD)/release/queue-benchmark"
	@Tests/Benchmarks/Landing/landing.sh "$(BIN)"
	@Tests/Benchmarks/Gates/inputs.sh "$(BIN)"
	@Tests/Benchmarks/Server/server.sh "$(BIN)"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product merging-benchmark
	"$(BUILD)/release/merging-benchmark"

docs: setup ## make the reference of the library, and of all targets, with docc
	$(SWIFT) build $(SWIFT_FLAGS)
	@scripts/make-docs "$(BUILD)"

coverage: setup-tests ## run the fast tests and tell which part of the sources they reach (FILTER=REGEX: some)
	@scripts/coverage "$(BUILD)" '$(PROCESS_TESTS)' '$(CLOCK_TESTS)' '$(FILTER)'

check: setup lint ## format, imports, scripts, manual pages, recipes, links, words, rooms, what Linux alone has
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)
	@scripts/check-man "$(BUILD)/debug/git-uet"
	@scripts/check-cookbook "$(BUILD)/debug/git-uet"
	@scripts/check-ci "$(BUILD)/debug/git-uet"

lint:
	@scripts/check-format
	@scripts/check-scripts
	@scripts/check-links
	@scripts/check-words
	@scripts/check-rooms
	@scripts/check-portable
	@scripts/make-prices --check
	@scripts/make-events --check

clean: ## remove what was built and the demonstration's folder
	rm -rf "$(BUILD)" .build-dist demo
