#!/bin/sh
# Slurm 22.05.8: a task of an array that is cancelled before it starts leaves nothing behind.
#
# A job that is cancelled, running or not, is shown as CANCELLED for some minutes (MinJobAge), and so is each task
# where the whole array is cancelled. A single task that waits is gone at once: `squeue --states=all` does not list it,
# and `scontrol` says "not found", as of a task that there never was. Who follows an array without an accounting
# database has to remember what was cancelled, and must not take "not found" for "ended long ago".
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_slurm 22.05.8-4+deb12u3
# submit: three tasks, of which one may run at a time; the first one runs.
submit() {
    array=$(sbatch --parsable --chdir "$work" --output /dev/null --array=1-3%1 --wrap "sleep 300")
    wait_for 'squeue --noheader --array --jobs "$array" --states=running --format=%K | grep -qx 1'
}
# states: those that are left of each task, when all that was cancelled has ended.
states() {
    wait_for '! squeue --noheader --jobs "$array" --states=running,completing | grep -q .'
    squeue --noheader --array --jobs "$array" --states=all --format='%K %T' | sort | tr '\n' ' '
}
submit
scancel "$array"
seen "the whole array" "1 CANCELLED 2 CANCELLED 3 CANCELLED " "$(states)"
submit
scontrol hold "$array"
scancel "${array}_1" "${array}_2"
seen "two tasks of it" "1 CANCELLED 3 PENDING " "$(states)"
seen "the one that waited" "Job ${array}_2 not found" "$(scontrol show job "${array}_2" 2>&1 || true)"
