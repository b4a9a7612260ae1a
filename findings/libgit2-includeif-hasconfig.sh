#!/bin/sh
# libgit2 1.9.7 (pygit2 1.21.0): `includeIf "hasconfig:remote.*.url:..."` is skipped without an error.
#
# git has known this condition since 2.36, and people use it to commit as somebody else in the repositories of one
# host. A program on libgit2 reads the same files, gets no error and no hint, and signs with the other identity.
# It has to ask git itself for the effective configuration.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
pypi pygit2==1.21.0
cat >"$HOME/.gitconfig" <<'CONFIG'
[user]
	name = Home
[includeIf "hasconfig:remote.*.url:https://work.example/**"]
	path = work.config
CONFIG
printf '[user]\n\tname = Work\n' >"$HOME/work.config"
git init --quiet "$work/repository"
git -C "$work/repository" remote add origin https://work.example/project
"$python" - "$work/repository" >"$work/out" <<'PYTHON'
import sys, pygit2
repository = pygit2.Repository(sys.argv[1])
print(pygit2.LIBGIT2_VERSION, repository.config["user.name"])
PYTHON
seen "git reads" "Work" "$(git -C "$work/repository" config user.name)"
seen "libgit2 reads" "1.9.7 Home" "$(cat "$work/out")"
