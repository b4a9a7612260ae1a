#!/bin/sh
# git 2.39.5: `git merge-tree --stdin` takes one pair a line, but answers stay in its buffer until input ends.
#
# It looks like `cat-file --batch`, which answers each line at once, and the manual says nothing else. A program that
# writes a pair and waits for its answer waits for ever. (2.55 answers each at once.) Write all, close, then read.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
git init --quiet "$work/repository"
cd "$work/repository"
echo one >file
git add file
git commit --quiet --message one
git branch side
echo two >file
git commit --quiet --all --message two
git checkout --quiet side
echo other >other
git add other
git commit --quiet --message three
python3 - >"$work/out" <<'PYTHON'
import select, subprocess

merging = subprocess.Popen(["git", "merge-tree", "--write-tree", "--stdin"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
batch = subprocess.Popen(["git", "cat-file", "--batch-check"],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for process, line in ((merging, b"main side\n"), (batch, b"main\n")):
    process.stdin.write(line)
    process.stdin.flush()
answered = [bool(select.select([p.stdout], [], [], 3)[0]) for p in (batch, merging)]
merging.stdin.close()
print(*answered, merging.stdout.read().startswith(b"1\0"))
batch.kill()
PYTHON
seen "cat-file answers at once, merge-tree does, merge-tree does once its input ends" \
    "True False True" "$(cat "$work/out")"
