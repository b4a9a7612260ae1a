#!/bin/bash
# landing.sh PROGRAM: how long it takes to land gated branches, one in ten of them red, beside an oracle that
# knows the verdicts and tests every tree that lands: COUNT * 0.9 * GATE / SLOTS seconds.
#
# COUNT=100               branches, a new file each
# GATE=1                  seconds that a gate takes
# SLOTS=2                 gates at a time
# STRATEGIES="speculative batch auto"   the first tests each in its place, the others some for all
set -euo pipefail
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
count=${COUNT:-100}
gate=${GATE:-1}
slots=${SLOTS:-2}
strategies=${STRATEGIES:-speculative batch auto}
# shellcheck source=Tests/Benchmarks/prelude.sh
. "$(dirname "$0")/../prelude.sh"

# One in ten is red: (i * 7 + 3) % 10 == 0, which spreads them evenly.
make_repository() {
    local repository=$1 strategy=$2 i name
    git init --quiet "$repository"
    cd "$repository"
    mkdir .uet
    cat > .uet/config.yaml << END
version: 1
gates:
  GATE_UNIT: {command: [sh, -c, "echo >> '$repository.runs'; sleep $gate; test -z \"\$(ls -d bad* 2> /dev/null)\""], timeout: 1m}
integration: {gates: [GATE_UNIT], slots: $slots, strategy: $strategy}
END
    git add --all
    git commit --quiet --message=start
    git branch release
    for ((i = 1; i <= count; i++)); do
        name=ok$i
        if (((i * 7 + 3) % 10 == 0)); then name=bad$i; fi
        git checkout --quiet -b "t/$i" main
        echo "$i" > "$name"
        git add "$name"
        git commit --quiet --message="add $name"
    done
    git checkout --quiet main
    cd - > /dev/null
}

for strategy in $strategies; do
    repository=$place/$strategy
    make_repository "$repository" "$strategy"
    start=$(date +%s.%N)
    # 1: finished, and some were red.
    (cd "$repository" && "$program" integrate --branch $(seq -f 't/%g' 1 "$count") --land release) \
        > "$repository.out" 2>&1 || [ $? = 1 ]
    end=$(date +%s.%N)
    landed=$(git -C "$repository" ls-tree --name-only release | grep -c '^ok')
    red=$(git -C "$repository" ls-tree --name-only release | grep -c '^bad' || true)
    awk -v s="$start" -v e="$end" -v n="$count" -v g="$gate" -v k="$slots" -v name="$strategy" \
        -v runs="$(wc -l < "$repository.runs")" -v landed="$landed" -v red="$red" 'BEGIN {
        oracle = 0.9 * n * g / k
        printf "%-12s %6.1f s   oracle %.1f s   ratio %.2f   %d gate runs   %d landed, %d of them red\n",
            name, e - s, oracle, (e - s) / oracle, runs, landed, red }'
done
