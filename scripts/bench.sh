#!/bin/bash
# bench.sh PROGRAM: how long the program takes to start and to plan, beside git's own start.
# UET_BUNDLES=DIR: plans the bundles of that folder as well.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
rounds=${ROUNDS:-50}
TIMEFORMAT=%R

# Prints the milliseconds that one call takes: the best of five series, so that other load counts less.
milliseconds() {
    local best='' seconds
    "$@" > /dev/null
    for _ in 1 2 3 4 5; do
        seconds=$( { time for ((i = 0; i < rounds; i++)); do "$@" > /dev/null 2>&1; done; } 2>&1)
        if [ -z "$best" ] || awk "BEGIN { exit !($seconds < $best) }"; then best=$seconds; fi
    done
    awk "BEGIN { printf \"%.2f\", $best * 1000 / $rounds }"
}

report() {
    local name=$1 floor=$2 limit=$3 time
    shift 3
    time=$(milliseconds "$@")
    printf '%-44s %8s ms   floor %6s ms   limit %s\n' "$name" "$time" "$floor" "$limit"
}

floor=$(milliseconds git --version)
report 'git-uet --version' "$floor" 'floor + 10 ms' "$program" --version
report 'git-uet plan, 13 bundles of the demo' "$floor" '60 ms' \
    "$program" plan examples/demo/project/workstreams
if [ -n "${UET_BUNDLES:-}" ]; then
    count=$(find "$UET_BUNDLES" -type f | wc -l | tr -d ' ')
    report "git-uet plan, $count files of UET_BUNDLES" "$floor" '60 ms' "$program" plan "$UET_BUNDLES"
fi
