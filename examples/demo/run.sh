#!/bin/sh
# The demonstration: thirteen workstreams on a scratch repository, seen from the first plan to
# what landed. Every command is printed before it runs. Exit status 0: all came out as expected.
#
# GIT_UET=FILE  the program (default: .build/release/git-uet)
# DEMO_DIR=DIR  where the scratch repository goes (default: demo/ beside the Makefile)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${GIT_UET:-$root/.build/release/git-uet}

# What a calling make or a hook has set must not reach the scratch repository.
unset MAKEFLAGS MFLAGS MAKELEVEL GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR \
    CFLAGS CDPATH || true
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat LC_ALL=C
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_PAGER LC_ALL

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi

heading() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }

# run COMMAND...: prints the command, then runs it, and says its exit status where that is not 0.
run() {
    printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"
    status=0
    "$@" || status=$?
    [ "$status" -eq 0 ] || echo "(exit status $status)"
}

stop() {
    echo "demo: $1" >&2
    exit 1
}

failures=0
# expect TEXT COMMAND...: one line of the final check; the command's status decides.
expect() {
    text=$1
    shift
    if "$@"; then
        echo "  ok    $text"
    else
        echo "  WRONG $text"
        failures=$((failures + 1))
    fi
}

check_tools() {
    [ -x "$program" ] || stop "no program at '$program': run 'make build' first"
    command -v make >/dev/null 2>&1 || stop "'make' was not found"
    for compiler in cc gcc clang; do
        if command -v "$compiler" >/dev/null 2>&1; then return 0; fi
    done
    stop "no C compiler was found (cc, gcc or clang): install gcc or clang"
}

# Finds the place for the scratch repository and clears what an earlier demonstration left there.
choose_place() {
    place=${DEMO_DIR:-$root/demo}
    mkdir -p "$place" 2>/dev/null && [ -w "$place" ] || place=$(mktemp -d)
    if [ -e "$place/pocket" ] && [ ! -e "$place/.git-uet-demo" ]; then
        stop "'$place/pocket' is not from an earlier demonstration: move it, or set DEMO_DIR"
    fi
    : > "$place/.git-uet-demo"
    rm -rf "${place:?}/pocket" "${place:?}/pocket.worktrees" "${place:?}/bin"
    mkdir "$place/bin"
    ln -s "$(cd "$(dirname "$program")" && pwd)/$(basename "$program")" "$place/bin/git-uet"
    PATH=$place/bin:$PATH
    # What is trusted here is forgotten with it.
    XDG_STATE_HOME=$place/state
    export PATH XDG_STATE_HOME
    repository=$place/pocket
}

make_repository() {
    cp -R "$here/project" "$repository"
    cd "$repository"
    git init --quiet --initial-branch=main
    git config user.name 'Demo User'
    git config user.email demo@example.invalid
    git config commit.gpgsign false
    git add --all
    git commit --quiet --message 'pocket 1.0.0'
    # The user works on a branch of their own, and is in the middle of something.
    git switch --quiet --create work
    echo 'an idea that is not finished' > notes.txt
    echo 'An edit that is staged.' >> CHANGELOG.md
    git add CHANGELOG.md
    echo '/* an edit that is not even staged */' >> src/ring.c
}

# One line that changes when anything in the user's checkout does: files, modes, times, index, HEAD.
fingerprint() {
    {
        find . -path ./.git -prune -o -type f -exec cksum {} + | sort
        ls -lAR src tests steps workstreams .uet
        cksum .git/index .git/HEAD
        git rev-parse HEAD
    } | cksum
}

newest_run() {
    git for-each-ref --format='%(refname)' refs/uet/runs | cut -d/ -f4 | sort -u | tail -n 1
}

landed() {
    git log --format='%(trailers:key=UET-Workstream,valueonly)' "$1" | grep . | sort -u
}

has_landed() { landed main | grep -qxF -e "$1"; }
has_not_landed() { ! has_landed "$1"; }
has_branch() { git rev-parse --quiet --verify "refs/heads/uet/$run_id/$1" >/dev/null; }
has_salvage() { [ -n "$(git for-each-ref "refs/uet/salvage/$run_id/$1")" ]; }
has_second_attempt() {
    git log --format='%(trailers:key=UET-Workstream,valueonly,separator=) %(trailers:key=UET-Attempt,valueonly,separator=)' \
        main | grep -qxF -e "$1 2"
}
conflicts_with_main() {
    git merge-tree --write-tree main "uet/$run_id/$1" |
        grep -qxF 'CONFLICT (content): Merge conflict in src/version.h'
}
is_same_checkout() { [ "$before" = "$after" ]; }
passes_its_tests() {
    rm -rf "$place/landed"
    mkdir "$place/landed"
    git archive main | tar -x -C "$place/landed"
    make -s -C "$place/landed" test > "$place/landed.log" 2>&1
}
is_red_with() {
    rm -rf "$place/combined"
    mkdir "$place/combined"
    tree=$(git merge-tree --write-tree main "uet/$run_id/$1") || return 1
    git archive "$tree" | tar -x -C "$place/combined"
    ! make -s -C "$place/combined" test > "$place/combined.log" 2>&1
}

# Reads the events of a run and prints two times: that of all attempts, one after the other, and
# that from the run's start to its end.
measured_times() {
    git uet events "$run_id" --json | awk '
        function value(name,    s) {
            if (!match($0, "\"" name "\": ?(\"[^\"]*\"|[0-9]+)")) return ""
            s = substr($0, RSTART, RLENGTH)
            sub("^\"" name "\": ?\"?", "", s)
            sub("\"$", "", s)
            return s
        }
        function since(begin) { return now < begin ? now - begin + 86400 : now - begin }
        {
            type = value("type")
            split(substr(value("at"), 12), t, "[:Z]")
            now = t[1] * 3600 + t[2] * 60 + t[3]
            key = value("workstream")
            if (type == "run_started") first = now
            if (type == "run_finished") wall = since(first)
            if (type == "task_started") start[key] = now
            if ((type == "task_completed" || type == "task_failed") && key in start) {
                sum += since(start[key])
                delete start[key]
            }
        }
        END { printf "%.1f %.1f\n", sum, wall }'
}

check_tools
choose_place
heading "1. A small C library, and a user in the middle of something"
make_repository
echo "the scratch repository is $repository"
run make -s test
run git status --short --branch
before=$(fingerprint)

heading "2. A colleague's hotfix is made and lands on main"
run git config uet.workstreams hotfix
run git uet trust --yes
run git uet run
[ "$status" -eq 0 ] || stop "the hotfix did not run"
run git config --unset uet.workstreams
hotfix_id=$(newest_run)
run git uet integrate "$hotfix_id" --land main
[ "$status" -eq 0 ] || stop "the hotfix did not land"

heading "3. The plan of thirteen workstreams"
run git uet plan
[ "$status" -eq 0 ] || stop "the plan is not valid"

heading "4. They run, four at a time, each in a worktree of its own"
echo "(sleeping in the scripts stands for the time that an agent would think)"
run git uet trust --yes
run git uet run
run_status=$status
run_id=$(newest_run)
[ "$run_id" != "$hotfix_id" ] || stop "there is no second run"

heading "5. What passed is merged, one candidate at a time, each tested, and main moves"
run git uet integrate "$run_id" --land main
integrate_status=$status
after=$(fingerprint)

heading "6. Where the results are"
run git log --graph --oneline --notes=uet main
run git for-each-ref --format='%(refname)' refs/heads refs/uet

heading "7. What landed, what did not, and why"
run git uet status "$run_id"
run git uet show "$run_id" ws-tidy-readme
run git uet show "$run_id" ws-wordcount
run git merge-tree --write-tree main "uet/$run_id/ws-next-version"

heading "8. Checked with plain git"
for workstream in ws-hotfix-version ws-str-trim ws-str-words ws-ring-peek ws-vec-rename \
    ws-csv-quotes ws-csv-writer ws-ini-comments ws-ini-sections ws-api-docs; do
    expect "$workstream is in main" has_landed "$workstream"
done
expect "ws-ring-peek failed once and succeeded at the second attempt" has_second_attempt ws-ring-peek
expect "ws-tidy-readme left its scope: not in main" has_not_landed ws-tidy-readme
expect "its work is kept under refs/uet/salvage" has_salvage ws-tidy-readme
expect "ws-hash-faster broke a test: not in main" has_not_landed ws-hash-faster
expect "its work is kept under refs/uet/salvage" has_salvage ws-hash-faster
expect "ws-next-version passed and has its branch" has_branch ws-next-version
expect "it is not in main" has_not_landed ws-next-version
expect "because it conflicts with ws-hotfix-version in src/version.h" conflicts_with_main ws-next-version
expect "ws-wordcount passed alone and has its branch" has_branch ws-wordcount
expect "it is not in main" has_not_landed ws-wordcount
expect "because together with ws-vec-rename it does not build" is_red_with ws-wordcount
expect "the tests of what landed pass" passes_its_tests
expect "'run' and 'integrate' ended with status 1: done, but not all of it" \
    test "$run_status$integrate_status" = 11
expect "the user's files, index and HEAD are byte for byte as before" is_same_checkout

heading "9. Time"
# shellcheck disable=SC2046
set -- $(measured_times)
echo "  one after the other: $1 s"
echo "  as it was:           $2 s, with 4 workers"
echo
echo "look around: PATH='$place/bin':\"\$PATH\"; cd '$repository'; git uet status"
if [ "$failures" -gt 0 ]; then
    stop "$failures things came out otherwise than expected"
fi
