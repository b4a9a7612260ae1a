#!/bin/bash
# safety.sh PROGRAM: what a sandbox adds to an attempt, and what looking at what workers must not change does.
#
# COUNT=N   attempts in each run (default: 60)
# ROUNDS=N  the modes in turn, so often (default: 5)
set -eu
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
# shellcheck source=Tests/Benchmarks/prelude.sh
. "$(dirname "$0")/../prelude.sh"
mkdir "$place/bin"
ln -s "$program" "$place/bin/git-uet"
PATH=$place/bin:$PATH
export UET_SUPERVISE=${UET_SUPERVISE:-$(dirname "$program")/uet-supervise}
count=${COUNT:-60} rounds=${ROUNDS:-5}
git config --global uet.run.keep none
git config --global gc.auto 0
git config --global maintenance.auto false

bundles() { # COUNT LINE
    mkdir workstreams
    for number in $(seq "$1"); do
        printf 'id: ws-%s\ntasks: [nothing]\ntool: shell\nfiles_scope: ["f%s"]\n%s\ncommand: "true"\n' \
            "$number" "$number" "$2" > "workstreams/$number.yaml"
    done
}

# Microseconds that a command takes.
taken() {
    local start
    start=$(date +%s%N)
    "$@" > "$place/out" 2>&1 || { tail -5 "$place/out" >&2; exit 1; }
    echo $((($(date +%s%N) - start) / 1000))
}

median() { sort -n | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'; }

echo "an attempt of 'true' in a worktree of its own, one at a time; median of $rounds rounds of $count"
git init -q "$place/sandbox"
cd "$place/sandbox"
bundles "$count" ''
git add -A
git commit -qm bundles
for round in $(seq "$rounds"); do
    for mode in off landlock bubblewrap; do
        time=$(taken git -c uet.sandbox.mode=$mode uet run -w 1)
        echo $((time / count)) >> "$place/$mode"
    done
done
for mode in off landlock bubblewrap; do echo "  $mode: $(median < "$place/$mode") us"; done

git config --global uet.sandbox.mode off
echo "an attempt of 'true' without a worktree, of 100 less 10; median of 3 rounds"
for name in small large; do
    git init -q "$place/$name"
    cd "$place/$name"
    bundles 100 'worktree: none'
    if [ $name = large ]; then
        for folder in $(seq 500); do
            mkdir "d$folder"
            for file in $(seq 100); do echo "$folder $file" > "d$folder/f$file"; done
        done
    fi
    git add -A
    git commit -qm bundles
done
head=$(git rev-parse HEAD)
for number in $(seq 10000); do echo "create refs/heads/b$number $head"; done | git update-ref --stdin
cp -a "$place/large" "$place/packed"
git -C "$place/packed" pack-refs --all
for round in 1 2 3; do
    for name in small large packed; do
        cd "$place/$name"
        few=$(taken git uet run -w 1 $(seq -f 'ws-%g' 10))
        all=$(taken git uet run -w 1)
        echo $(((all - few) / 90)) >> "$place/$name.times"
    done
done
for name in small large packed; do echo "  $name: $(median < "$place/$name.times") us"; done
