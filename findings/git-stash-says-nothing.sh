#!/bin/sh
# git 2.39.5: where the repository cannot be written, `git stash` fails without a word on either output.
#
# In a sandbox whose worktree is writable and whose .git is not, every other command says why it cannot
# (`commit`: "Unable to create '.../index.lock': Read-only file system", status 128). `stash`, `stash push` and
# `stash create` end with status 1 and print nothing at all: an agent that only reads output believes that there
# was nothing to stash. The files stay as they are.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
git init --quiet "$work/repository"
cd "$work/repository"
echo one >file
git add file
git commit --quiet --message one
echo two >file
unshare --mount true 2>/dev/null || {
    echo "skipped: no mount namespace can be made here" >&2
    exit 77
}
unshare --mount sh -eu <<'INSIDE' >"$work/out" 2>&1
mount --bind .git .git
mount -o remount,ro,bind .git
for command in "stash" "stash push" "stash create" "commit --all --message two"; do
    status=0
    said=$(git $command 2>&1) || status=$?
    if [ -n "$said" ]; then what="said why"; else what="nothing said"; fi
    echo "$command: status $status, $what"
done
cat file
INSIDE
seen "all of it" "stash: status 1, nothing said
stash push: status 1, nothing said
stash create: status 1, nothing said
commit --all --message two: status 128, said why
two" "$(cat "$work/out")"
