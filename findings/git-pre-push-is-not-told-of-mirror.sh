#!/bin/sh
# git 2.39.5: `pre-push` is not told what `git push --mirror` deletes.
#
# A deletion that is asked for by name (`git push origin :topic`), or found by `--prune`, is a line of the hook's input,
# `(delete) 000... NAME OLD`. One that `--mirror` finds is none, so that a hook that guards against deletions sees a push that
# deletes nothing. With nothing else to push its input is empty.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_git 1:2.39.5-0+deb12u3
git init --quiet --bare "$work/host"
git init --quiet "$work/repository"
cd "$work/repository"
git commit --quiet --allow-empty --message one
printf '#!/bin/sh\ncut -d" " -f1,3 >>"%s/told"\n' "$work" >.git/hooks/pre-push
chmod +x .git/hooks/pre-push
for way in ":refs/heads/topic" "--prune refs/heads/*:refs/heads/*" "--mirror"; do
    git push --quiet --no-verify "$work/host" HEAD:refs/heads/main HEAD:refs/heads/topic
    : >"$work/told"
    git push --quiet "$work/host" $way
    left=$(git -C "$work/host" for-each-ref --format='%(refname)' refs/heads/topic)
    echo "$way: topic is ${left:-gone}, told: $(cat "$work/told")"
done >"$work/out"
seen "all of it" ":refs/heads/topic: topic is gone, told: (delete) refs/heads/topic
--prune refs/heads/*:refs/heads/*: topic is gone, told: (delete) refs/heads/topic
--mirror: topic is gone, told: " "$(cat "$work/out")"
