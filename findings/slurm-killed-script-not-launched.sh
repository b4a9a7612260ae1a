#!/bin/sh
# Slurm 22.05.8: a batch script that dies of a signal, whenever that is, has failed because of "JobLaunchFailure".
#
# The manual says of this reason that the job could not be launched, because of its file system or a wrong program
# name. It stands there as well for a script that ran, did its work for hours, and was killed in the end, say for lack
# of memory. Who submits again what never began, and it is this reason that says so, does work twice.
# State and reason do not tell the two apart; the second number of the exit code does, which is the signal, and 53
# where the output cannot be opened.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
unpacked_slurm 22.05.8-4+deb12u3
# ran OUTPUT SCRIPT: whether a job did its work, before this, and what is said of it.
ran() {
    rm -f "$work/done"
    job=$(sbatch --parsable --chdir "$work" --output "$1" --wrap "sleep 1; touch '$work/done'; $2")
    wait_for 'scontrol show job "$job" | grep -q JobState=FAILED'
    worked=$([ -e "$work/done" ] && echo worked || echo nothing)
    echo "$worked, $(scontrol show job "$job" | grep -oE '(Reason|ExitCode)=[^ ]*' | tr '\n' ' ')"
}
# shellcheck disable=SC2016 # expanded in the job
seen "the script is killed" "worked, Reason=JobLaunchFailure ExitCode=0:9 " "$(ran /dev/null 'kill -KILL $$')"
# shellcheck disable=SC2016
seen "its child is killed" "worked, Reason=NonZeroExitCode ExitCode=137:0 " "$(ran /dev/null 'sh -c "kill -KILL \$\$"; exit $?')"
seen "its output cannot be opened" "nothing, Reason=JobLaunchFailure ExitCode=0:53 " "$(ran "$work/none/out" true)"
