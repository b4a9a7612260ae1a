#!/bin/sh
# bubblewrap 0.8.0: the lock of `--lock-file` is one that flock(1) does not see, and that does not keep others out.
#
# The manual says "take a lock". It is a lock of fcntl(2), shared, and of a process in the sandbox. So
# `flock --exclusive --nonblock FILE`, with which a script asks whether a folder is still in use before it removes it,
# says that it is free; and two sandboxes with the same lock file run side by side. To find out whether one runs,
# ask by fcntl for an exclusive lock.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_bwrap 0.8.0-2+deb12u1
touch "$work/lock"
# sandbox NAME: runs one until $work/end is there; it is up when $work/NAME is.
sandbox() {
    bwrap --unshare-pid --die-with-parent --dev-bind / / --lock-file "$work/lock" \
        sh -c 'touch "$1/$2"; until [ -e "$1/end" ]; do sleep 0.1; done' sh "$work" "$1" &
    daemons="$daemons $!"
    wait_for '[ -e "$work/'"$1"'" ]'
}
by_fcntl() {
    python3 - "$work/lock" <<'PYTHON'
import fcntl, sys
with open(sys.argv[1], "r+") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("free")
    except OSError:
        print("held")
PYTHON
}
by_flock() { flock --exclusive --nonblock "$work/lock" echo free || echo held; }
sandbox first
seen "one sandbox, asked by flock" "free" "$(by_flock)"
seen "asked by fcntl" "held" "$(by_fcntl)"
sandbox second
seen "a second one with the same lock" "runs" "$([ -e "$work/second" ] && echo runs)"
touch "$work/end"
wait
seen "both ended, asked by fcntl" "free" "$(by_fcntl)"
