#!/bin/sh
# git 2.39.5: what `git merge-tree --write-tree` makes of two commits depends on the checkout that it is started in.
#
# It merges commits and touches neither index nor files, and one takes it for a function of the commits. But which
# merge driver a path has is read from the files `.gitattributes` that lie in the work tree: not from those of the
# commits, which agree here, and not from the index. In a bare repository, by --git-dir alone, or in a linked worktree
# that has nothing checked out there are none, and what merges cleanly elsewhere is a conflict. An edit that is not
# committed counts as well. Who merges where nothing is checked out has to write the attributes into `info/attributes`.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
git init --quiet "$work/repository"
cd "$work/repository"
echo 'list merge=union' >.gitattributes
echo first >list
git add .
git commit --quiet --message first
for side in ours theirs; do
    git switch --quiet --create "$side" main
    echo "$side" >>list
    git commit --quiet --all --message "$side"
done
git worktree add --quiet --no-checkout "$work/empty" main
git clone --quiet --bare . "$work/bare"
# merged OPTION...: what the merge of the two branches is called.
merged() {
    status=0
    git "$@" merge-tree --write-tree ours theirs >"$work/out" || status=$?
    [ "$status" = 0 ] && echo clean || echo conflict
}
seen "in the checkout" "clean" "$(merged -C "$work/repository")"
seen "in a worktree without files" "conflict" "$(merged -C "$work/empty")"
seen "in a bare clone" "conflict" "$(merged -C "$work/bare")"
rm .gitattributes
seen "in the checkout, the file removed from disk alone" "conflict" "$(merged -C "$work/repository")"
git show main:.gitattributes >"$work/bare/info/attributes"
seen "in the bare clone, with info/attributes" "clean" "$(merged -C "$work/bare")"
