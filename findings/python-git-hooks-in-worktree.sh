#!/bin/sh
# dulwich 1.2.21 and GitPython 3.2.1: a commit in a linked worktree runs no hook, and one with dulwich none of
# `core.hooksPath` either.
#
# Both run `pre-commit` in the main worktree and refuse the commit when it fails, so one relies on it. In a linked
# worktree they look for it in the worktree's own administrative folder, where git never puts hooks, find none, and
# commit without a word. What holds for a program in the main worktree does so no longer when several copies of it get
# worktrees of their own. Whoever lets such programs commit has to check what they committed.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
pypi dulwich==1.2.21 GitPython==3.2.1
git init --quiet "$work/main"
git -C "$work/main" commit --quiet --allow-empty --message first
git -C "$work/main" worktree add --quiet -b other "$work/linked"
cat >"$work/commit.py" <<'PYTHON'
import pathlib, sys
import git
from dulwich import errors, porcelain

folder = sys.argv[1]

def by_dulwich():
    pathlib.Path(folder, "dulwich").touch()
    porcelain.add(folder, [f"{folder}/dulwich"])
    porcelain.commit(folder, message=b"dulwich")

def by_gitpython():
    pathlib.Path(folder, "gitpython").touch()
    index = git.Repo(folder).index
    index.add(["gitpython"])
    index.commit("gitpython")

for commit, refusal in (by_dulwich, errors.CommitError), (by_gitpython, git.HookExecutionError):
    try:
        commit()
        print("commits", end=" ")
    except refusal:
        print("refused", end=" ")
PYTHON
# commits FOLDER: git's answer, dulwich's and GitPython's.
commits() {
    git -C "$1" commit --quiet --allow-empty --message git 2>/dev/null && printf 'commits ' || printf 'refused '
    "$python" "$work/commit.py" "$1"
}
hook=$work/main/.git/hooks/pre-commit
printf '#!/bin/sh\nexit 1\n' >"$hook"
chmod +x "$hook"
seen "git, dulwich, GitPython in the main worktree" "refused refused refused " "$(commits "$work/main")"
seen "in a linked worktree" "refused commits commits " "$(commits "$work/linked")"
mkdir "$work/hooks"
mv "$hook" "$work/hooks"
git -C "$work/main" config core.hooksPath "$work/hooks"
seen "in the main worktree, by core.hooksPath" "refused commits refused " "$(commits "$work/main")"
