#!/bin/sh
# bubblewrap 0.8.0: SIGTERM ends bwrap and nothing in it, even where it has a process namespace of its own.
#
# The signal is not passed on, and bwrap does not wait: it is gone with status 143 while the program that it
# started works on. `--unshare-pid` changes nothing about that, although the namespace's first process is bwrap's own;
# only `--die-with-parent` ends what is inside. Whoever stops a sandbox by its process id leaves the work running.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_bwrap 0.8.0-2+deb12u1
# Whether a program that needs a moment more ends its work after its bwrap got SIGTERM.
outcome() {
    rm -f "$work/started" "$work/done"
    # shellcheck disable=SC2016 # expanded inside
    bwrap --dev-bind / / "$@" sh -c \
        'touch "$0/started"; while [ ! -e "$0/go" ]; do sleep 0.05; done; touch "$0/done"' "$work" &
    process=$!
    rm -f "$work/go"
    while [ ! -e "$work/started" ]; do sleep 0.05; done
    kill -TERM "$process"
    status=0
    wait "$process" 2>/dev/null || status=$?
    touch "$work/go"
    tries=0
    while [ ! -e "$work/done" ] && [ "$tries" -lt 40 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    if [ -e "$work/done" ]; then echo "status $status, work went on"; else echo "status $status, work ended"; fi
}
seen "alone" "status 143, work went on" "$(outcome 2>/dev/null)"
seen "--unshare-pid" "status 143, work went on" "$(outcome --unshare-pid 2>/dev/null)"
seen "--die-with-parent" "status 143, work ended" "$(outcome --unshare-pid --die-with-parent 2>/dev/null)"
