#!/bin/bash
# engine.sh PROGRAM: what a run costs beside the bare commands that do the same, in the same minute.
#
# FILES="5000 50000"  sizes of the repository; " " for none
# COUNT=24            workstreams; each changes three files, no gates
# ROUNDS=3            pairs of runs; the median of the ratios counts
# TASKS=2000          commands without a worktree, dispatched beside ninja -j4; 0 for none
# IDLE=20             seconds over which a run that only waits is watched; 0 for none
set -euo pipefail
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
files=${FILES:-5000 50000}
count=${COUNT:-24}
rounds=${ROUNDS:-3}
tasks=${TASKS:-2000}
idle=${IDLE:-20}
# shellcheck source=Tests/Benchmarks/prelude.sh
. "$(dirname "$0")/../prelude.sh"
git config --global gc.auto 0

# Prints how many milliseconds a command takes.
milliseconds() {
    local start end
    start=$(date +%s%N)
    "$@" > "$place/out" 2>&1 || { cat "$place/out" >&2; return 1; }
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# A repository of N files of some 300 bytes, ten in a directory, with one bundle a workstream.
make_repository() {
    local n=$1 repository=$2 i
    mkdir -p "$repository/.uet" "$repository/workstreams"
    cd "$repository"
    git init --quiet
    awk -v n="$n" 'BEGIN {
        for (i = 0; i < n; i++) {
            dir = sprintf("src/m%d/d%d", i / 1000, i / 10)
            if (dir != last) { system("mkdir -p " dir); last = dir }
            file = dir "/f" i % 10 ".txt"
            for (l = 0; l < 8; l++) printf "line %d of file %d, some words\n", l, i > file
            close(file)
        }
    }'
    for ((i = 0; i < count; i++)); do
        local dir=$((i * (n / 10 / count)))
        dir="src/m$((dir / 100))/d$dir"
        printf 'id: ws-%s\ntasks: [change three files]\ntool: shell\nfiles_scope: [%s]\ncommand: [sh, -c, "cd %s && echo x >> f0.txt && echo x >> f1.txt && echo x >> f2.txt"]\n' \
            "$i" "$dir" "$dir" > "workstreams/ws-$i.yaml"
        echo "$dir" >> "$place/dirs.$n"
    done
    git add --all
    git commit --quiet --message=start
    git repack -adq
    cd - > /dev/null
}

# One workstream of the loop, as a careful script would do it: own branch, own worktree.
loop_step() {
    local repository=$1 number=$2 dir=$3
    local tree="$repository.loop/w$number"
    # Several at once read each other's half-made registrations now and then.
    for _ in 1 2 3 4 5; do
        if git -C "$repository" worktree add --quiet --no-track -B "loop/$number" "$tree" HEAD 2> /dev/null
        then break; fi
    done
    (cd "$tree/$dir" && echo x >> f0.txt && echo x >> f1.txt && echo x >> f2.txt)
    again git -C "$tree" add --all
    again git -C "$tree" commit --quiet --message="ws-$number"
    if [ "$LOOP_KEEPS" = no ]; then again git -C "$repository" worktree remove --force "$tree"; fi
}

# Tries a command a few times: a worktree that another is just making fails whatever reads the list of all.
again() {
    for _ in 1 2 3 4; do
        if "$@" 2> /dev/null; then return; fi
    done
    "$@"
}
export -f loop_step again

loop() {
    local repository=$1 n=$2
    awk '{ print NR, $1 }' "$place/dirs.$n" |
        xargs -P 4 -L 1 bash -c 'loop_step "$@"' loop_step "$repository"
}

clean_up() {
    local repository=$1
    rm -rf "$repository.loop" "$repository.worktrees"
    rm -rf "$repository/.git/worktrees" "$repository/.git/uet"
    git -C "$repository" for-each-ref --format='delete %(refname)' refs/uet refs/notes 'refs/heads/loop/*' 'refs/heads/uet/*' |
        git -C "$repository" update-ref --stdin
    git -C "$repository" worktree prune
}

run() { (cd "$1" && "$program" run > "$place/out.run" 2>&1) || { tail -5 "$place/out.run" >&2; return 1; }; }

configure() { printf 'version: 1\nrun: {workers: 4, %s}\n' "$2" > "$1/.uet/config.yaml"; }

# compare NAME FILES LIMIT SETTINGS: pairs of the loop and a run; the loop keeps its worktrees where the run does.
compare() {
    local name=$1 n=$2 limit=$3 settings=$4 repository=$place/r$2 i
    export LOOP_KEEPS=${5:-no}
    configure "$repository" "$settings"
    : > "$place/ratios" ; : > "$place/loops" ; : > "$place/runs"
    for ((i = 0; i < rounds; i++)); do
        clean_up "$repository"
        local floor time
        floor=$(milliseconds loop "$repository" "$n")
        clean_up "$repository"
        time=$(milliseconds run "$repository")
        echo "$floor" >> "$place/loops"
        echo "$time" >> "$place/runs"
        awk "BEGIN { printf \"%.3f\\n\", $time / $floor }" >> "$place/ratios"
    done
    clean_up "$repository"
    awk -v n="$name" -v f="$n" -v run="$(median < "$place/runs")" -v loop="$(median < "$place/loops")" \
        -v r="$(median < "$place/ratios")" -v l="$limit" -v c="$count" 'BEGIN {
        printf "%-26s %6d files %8.1f ms each   loop %8.1f ms   ratio %s   limit %s\n", n, f, run / c, loop / c, r, l }'
}

# Commands without worktrees, every event durable, beside ninja on the same graph. What the syncs take is
# measured in the very run.
dispatch() {
    local round time floor
    awk -v n="$tasks" 'BEGIN {
        print "rule t\n  command = true\n"
        for (i = 0; i < n; i++) printf "build o%d: t%s\n", i, i < 4 ? "" : sprintf(" o%d", i - 4)
    }' > "$place/build.ninja"
    cc -O2 -shared -fPIC -o "$place/syncs.so" "$here/syncs.c"
    for round in $(seq "$rounds"); do
        make_tasks "$place/dispatch$round"
        rm -f "$place/syncs"
        time=$(milliseconds env -C "$place/dispatch$round" LD_PRELOAD="$place/syncs.so" \
            UET_SYNCS="$place/syncs" "$program" run)
        mkdir -p "$place/ninja$round"
        floor=$(milliseconds ninja -C "$place/ninja$round" -f "$place/build.ninja" -j4)
        awk -v n="$tasks" -v t="$time" -v f="$floor" '{ c += $1; s += $2 / 1000 } END {
            printf "%.2f %d tasks: %.2f ms each   ninja -j4 %.2f ms   %.1f syncs %.2f ms   ratio of the rest %.1f   limit 4.0\n", (t - s) / f, n, t / n, f / n, c / n, s / n, (t - s) / f
        }' "$place/syncs"
    done | sort -n | awk '{ v[NR] = $0 } END { sub(/^[^ ]* /, "dispatch of ", v[int((NR + 1) / 2)]); print v[int((NR + 1) / 2)] }'
}

make_tasks() {
    mkdir -p "$1/workstreams" "$1/.uet"
    git -C "$1" init --quiet
    configure "$1" 'mode: own'
    awk -v n="$tasks" 'BEGIN {
        print "["
        for (i = 0; i < n; i++) {
            after = i < 4 ? "" : sprintf("\"ws-%d\"", i - 4)
            printf "{\"id\":\"ws-%d\",\"tasks\":[\"nothing\"],\"tool\":\"shell\",\"files_scope\":[\"n/%d\"],\"worktree\":\"none\",\"command\":[\"true\"],\"depends_on\":[%s]}%s\n", i, i, after, i < n - 1 ? "," : ""
        }
        print "]"
    }' > "$1/workstreams/all.json"
    git -C "$1" add --all
    git -C "$1" commit --quiet --message=start
}

# First of all: some file systems take long to make a file where many were removed in the last minute.
if [ "$tasks" != 0 ]; then
    if command -v ninja > /dev/null && command -v cc > /dev/null; then
        dispatch
    else
        echo 'dispatch: needs ninja and cc'
    fi
fi

for n in $files; do
    make_repository "$n" "$place/r$n"
    small=0.15
    [ "$n" -lt 20000 ] || small=0.05
    compare 'own, sparse' "$n" "$small" 'sparse: true, keep: none'
    [ "$n" -ge 20000 ] || compare 'slots' "$n" "$small" 'mode: slots'
    compare 'slots, sparse' "$n" "$small" 'mode: slots, sparse: true'
    [ -n "${SKIP_FULL:-}" ] || compare 'own, full, removed' "$n" 1.0 'keep: none'
    [ -n "${SKIP_FULL:-}" ] || compare 'own, full, kept' "$n" 1.0 'keep: all' yes
done

# Processor time in clock ticks, and how often they woke up, of a process and all below it but the workers.
spent() {
    local pid=$1 child
    awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$pid/stat"
    cat /proc/"$pid"/task/*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print "wakes", n }'
    for child in $(cat /proc/"$pid"/task/*/children); do
        case $(cat "/proc/$child/comm") in uet-supervise) spent "$child" ;; esac
    done
}

total() { spent "$1" | awk '$1 == "wakes" { w += $2; next } { t += $1 } END { print t, w }'; }

# A paused run whose four workers sleep; one workstream waits for a review, one for another.
watch_idle() {
    local repository=$place/idle i pid before after
    mkdir -p "$repository/workstreams" "$repository/.uet"
    cd "$repository"
    git init --quiet
    configure . 'mode: own'
    printf 'id: ws-reviewed\ntasks: [wait]\ntool: shell\nfiles_scope: [r]\nreview: before_merge\nworktree: none\ncommand: ["true"]\n' > workstreams/reviewed.yaml
    printf 'id: ws-after\ntasks: [wait]\ntool: shell\nfiles_scope: [a]\ndepends_on: [ws-0]\nworktree: none\ncommand: ["true"]\n' > workstreams/after.yaml
    for ((i = 0; i < 4; i++)); do
        printf 'id: ws-%s\ntasks: [sleep]\ntool: shell\nfiles_scope: [n/%s]\nworktree: none\ncommand: [sleep, "%s"]\n' \
            "$i" "$i" "$((idle + 600))" > "workstreams/ws-$i.yaml"
    done
    git add --all
    git commit --quiet --message=start
    "$program" run > "$place/out" 2>&1 &
    pid=$!
    for ((i = 0; i < 100; i++)); do
        [ "$(pgrep -c -f "^sleep $((idle + 600))\$")" -lt 4 ] || break
        sleep 0.1
    done
    "$program" pause > /dev/null
    sleep 3
    before=$(total $pid)
    sleep "$idle"
    after=$(total $pid)
    kill -TERM $pid
    # Two signals at once may arrive as one, which only drains.
    sleep 1
    kill -TERM $pid
    wait $pid || true
    cd - > /dev/null
    # Threads that end meanwhile take their count with them.
    echo "$before $after" | awk -v s="$idle" -v hz="$(getconf CLK_TCK)" '{
        if ($4 < $2) $4 = $2
        printf "idle for %d s with four sleeping workers: %.2f %% of a processor, %.1f wake-ups a second   limit 1 %%\n", s, ($3 - $1) / hz / s * 100, ($4 - $2) / s }'
}
[ "$idle" = 0 ] || [ ! -d /proc/self/task ] || watch_idle
