#!/bin/sh
# bubblewrap 0.8.0: a single file that is shared with `--bind` can be written, but not replaced; what is written
# beside it seems to be there, and is gone afterwards.
#
# The file is a mount of its own, so renaming another one over it fails with "Device or resource busy": that is how
# most programs save settings and refresh logins. The folders above it are made in memory and can be written to, so the
# temporary file itself causes no error, and nothing of it is left outside. Share the folder, or copy the file
# out, where a program has to save it.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_bwrap 0.8.0-2+deb12u1
mkdir "$work/own"
file=$work/own/login
# inside COMMAND: runs it in a sandbox that has the system to be read, and that one file to be written.
inside() {
    echo old >"$file"
    status=0
    FILE=$file bwrap --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
        --proc /proc --dev /dev --bind "$file" "$file" sh -c "$1" >"$work/out" 2>&1 || status=$?
    beside=$(ls "$work/own" | grep -cv '^login$' || true)
    echo "status $status, $(cat "$file") outside, $beside beside it$(grep -o 'Device or resource busy' "$work/out" | sed 's/^/: /' | head -n 1)"
}
# shellcheck disable=SC2016 # expanded inside
seen "written" "status 0, new outside, 0 beside it" "$(inside 'echo new >"$FILE"')"
# shellcheck disable=SC2016
seen "replaced" "status 1, old outside, 0 beside it: Device or resource busy" \
    "$(inside 'echo new >"$FILE.tmp" && mv "$FILE.tmp" "$FILE"')"
# shellcheck disable=SC2016
seen "written beside" "status 0, old outside, 0 beside it" "$(inside 'echo new >"$FILE.tmp" && test -s "$FILE.tmp"')"
