#!/bin/sh
# Slurm 22.05.8: `sbatch --export=NAME` gives the job the user's login environment as well.
#
# The manual says of such a list that the job's environment "will only contain" the named variables and SLURM_*.
# What it is given is the environment of a login of the user on the node, as with --export=NONE, and the named
# variables on top: /etc/profile and the user's own start-up files are run for each job, with the time that they take,
# and whatever they export, tokens included, is there. --export=ALL does not do that. So a job has a sealed
# environment only where `sbatch` itself is started in one (`env -i ... sbatch --export=ALL`).
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
[ "$(id -u)" = 0 ] || {
    echo "skipped: without root Slurm logs nobody in" >&2
    exit 77
}
unpacked_slurm 22.05.8-4+deb12u3
# submitted EXPORT: whether the job has two variables of the caller, and one that a login sets and the caller has not.
submitted() {
    env -i MINE=1 OTHER=2 PATH="$PATH" LD_LIBRARY_PATH="$LD_LIBRARY_PATH" SLURM_CONF="$SLURM_CONF" \
        sbatch --quiet --wait --chdir "$work" --output "$work/out" --export="$1" --wrap /usr/bin/env
    for name in MINE OTHER LOGNAME; do
        ! grep -q "^$name=" "$work/out" || printf '%s ' "$name"
    done
}
seen "--export=ALL" "MINE OTHER " "$(submitted ALL)"
seen "--export=NONE" "LOGNAME " "$(submitted NONE)"
seen "--export=MINE" "MINE LOGNAME " "$(submitted MINE)"
