#!/bin/bash
# inputs.sh PROGRAM: what the queue's gates cost with and without 'inputs', in the same minute.
#
# COUNT=100     candidates; each changes one file
# PACKAGES=10   packages, with a gate each
# SLOTS=2       gates at once
# GATE=0.2      what a gate takes, in seconds
# ROUNDS=3      the median counts
# STRATEGIES="speculative auto", DOCS="0 50" (of a hundred branches, those in docs/ alone)
set -euo pipefail
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
count=${COUNT:-100}
packages=${PACKAGES:-10}
slots=${SLOTS:-2}
seconds=${GATE:-0.2}
rounds=${ROUNDS:-3}
# shellcheck source=Tests/Benchmarks/prelude.sh
. "$(dirname "$0")/../prelude.sh"
git config --global gc.auto 0

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# make_repository DIRECTORY INPUTS STRATEGY DOCS: branches c-1 ... c-COUNT; DOCS in a hundred change docs/ alone.
make_repository() {
    local repository=$1 inputs=$2 strategy=$3 docs=$4 i p list=""
    rm -rf "$repository" "$repository.worktrees"
    mkdir -p "$repository/.uet" "$repository/docs"
    cd "$repository"
    git init --quiet
    for ((p = 0; p < packages; p++)); do
        mkdir -p "pkg/$p"
        echo start > "pkg/$p/start"
        list="$list${list:+, }GATE_$p"
    done
    echo start > docs/start
    {
        echo "integration: {gates: [$list], slots: $slots, strategy: $strategy}"
        echo "gates:"
        for ((p = 0; p < packages; p++)); do
            printf '  GATE_%s: {command: [sh, -c, "echo %s >> %s; sleep %s"]%s}\n' "$p" "$p" \
                "$place/gates" "$seconds" "$([ "$inputs" = yes ] && echo ", inputs: [pkg/$p]")"
        done
    } > .uet/config.yaml
    git add --all
    git commit --quiet --message=start
    for ((i = 1; i <= count; i++)); do
        git checkout --quiet -b "c-$i" main
        if [ $((i * 37 % 100)) -lt "$docs" ]; then echo "$i" > "docs/$i"; else echo "$i" > "pkg/$((i % packages))/$i"; fi
        git add --all
        git commit --quiet --message="change $i"
    done
    git checkout --quiet --detach main
    cd - > /dev/null
}

# one DIRECTORY: "GATE-RUNS MILLISECONDS" of one integration of all.
one() {
    local start end
    : > "$place/gates"
    start=$(date +%s%N)
    (cd "$1" && "$program" integrate --branch $(seq -f 'c-%.0f' "$count") --land main) > "$place/out" 2>&1 ||
        { tail -5 "$place/out" >&2; return 1; }
    end=$(date +%s%N)
    echo "$(wc -l < "$place/gates") $(((end - start) / 1000000))"
}

echo "$count candidates, $packages packages with a gate of $seconds s each, $slots slots; medians of $rounds"
printf '%-12s %6s  %18s  %18s  %s\n' strategy docs "without inputs" "with inputs" "runs, time"
for strategy in ${STRATEGIES:-speculative auto}; do
    for docs in ${DOCS:-0 50}; do
        for inputs in no yes; do
            : > "$place/$inputs"
            for ((round = 0; round < rounds; round++)); do
                make_repository "$place/r" "$inputs" "$strategy" "$docs"
                one "$place/r" >> "$place/$inputs"
            done
        done
        figures() { cut -d' ' -f"$2" < "$place/$1" | median; }
        printf '%-12s %5s%%  %6s in %7.1f s  %6s in %7.1f s  %.2f, %.2f\n' "$strategy" "$docs" \
            "$(figures no 1)" "$(figures no 2 | awk '{ print $1 / 1000 }')" \
            "$(figures yes 1)" "$(figures yes 2 | awk '{ print $1 / 1000 }')" \
            "$(echo "$(figures yes 1) $(figures no 1)" | awk '{ print $1 / $2 }')" \
            "$(echo "$(figures yes 2) $(figures no 2)" | awk '{ print $1 / $2 }')"
    done
done
