# git-uet. Plain "make" prints the targets.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# Where the packages and the objects go. A source folder that cannot be written to is left alone.
BUILD ?= $(shell test -w . && echo .build || echo "$${XDG_CACHE_HOME:-$$HOME/.cache}/git-uet/build")
FLAGS ?=

SWIFT_FLAGS = --scratch-path "$(BUILD)" --explicit-target-dependency-import-check error $(FLAGS)
ifeq ($(shell uname -s),Linux)
RELEASE_FLAGS = -c release --static-swift-stdlib
else
RELEASE_FLAGS = -c release
endif
BIN = $(BUILD)/release/git-uet
SOURCES := Package.swift $(shell find Sources -type f)

export PREFIX DESTDIR BUILD

.DEFAULT_GOAL := help
.PHONY: help demo build test test-long install uninstall bench check lint setup clean
# One swift build at a time: each uses all cores, and a second one only waits for the first's lock.
.NOTPARALLEL:

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

demo: build ## build, then show the main job on a scratch repository
	@GIT_UET="$(BIN)" examples/demo/run.sh

build: setup $(BIN) ## build the program in release mode

setup: ## install what is missing: libgit2, SQLite, pkg-config
	@scripts/setup.sh

$(BIN): $(SOURCES)
	@echo "building git-uet in release mode; the first time takes some minutes"
	$(SWIFT) build $(RELEASE_FLAGS) $(SWIFT_FLAGS) --product git-uet
	@touch "$@"

test: setup ## run the fast tests
	$(SWIFT) test $(SWIFT_FLAGS)
	@scripts/check-docs "$(BUILD)/debug/git-uet"

test-long: setup ## run all tests, those that take long as well
	UET_LONG=1 $(SWIFT) test $(SWIFT_FLAGS)

install: ## install under PREFIX (/usr/local); DESTDIR is put in front of it
	@test -x "$(BIN)" || $(MAKE) build
	@scripts/install.sh install "$(BIN)"

uninstall: ## remove exactly what "make install" put there
	@scripts/install.sh uninstall

bench: build ## measure, each figure beside its floor
	@scripts/bench.sh "$(BIN)"

check: setup lint ## format, imports, scripts, manual page, links, words
	$(SWIFT) build --build-tests $(SWIFT_FLAGS)

lint:
	@scripts/check-format
	@scripts/check-scripts
	@scripts/check-man
	@scripts/check-links
	@scripts/check-words

clean: ## remove what was built and the demonstration's folder
	rm -rf "$(BUILD)" demo
