#!/bin/sh
# mini-swe-agent 2.4.6: `mini` that stops at its cost limit, with the task half done, ends with status 0.
#
# It is the status of a task that was done. What ended it stands in the trajectory file only: `info.exit_status` is
# "LimitsExceeded" and not "Submitted". The limit is looked at before each request, so the request that goes beyond it is
# paid and its command is run. Shown with the package's own model, whose answers and costs stand in a file.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
pypi mini-swe-agent==2.4.6
export MSWEA_CONFIGURED=true MSWEA_GLOBAL_CONFIG_DIR="$HOME"
cat >"$work/answers.yaml" <<'YAML'
model:
  outputs:
    - {role: assistant, content: "", extra: {actions: [{command: "touch first"}], cost: 0.4, timestamp: 0}}
    - {role: assistant, content: "", extra: {actions: [{command: "touch second"}], cost: 0.4, timestamp: 0}}
    - role: assistant
      content: ""
      extra: {actions: [{command: "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"}], cost: 0.4, timestamp: 0}
YAML
# limited COST: the status of the program, what its trajectory says, and what it did.
limited() {
    mkdir "$work/limit$1"
    cd "$work/limit$1"
    status=0
    "$work/venv/bin/mini" --model none --model-class deterministic --task "make two files" --yolo --exit-immediately \
        --cost-limit "$1" --config mini.yaml --config "$work/answers.yaml" --output "$work/trajectory.json" \
        </dev/null >"$work/out" 2>&1 || status=$?
    "$python" - "$work/trajectory.json" "$status" "$(echo *)" <<'PYTHON'
import json, sys
with open(sys.argv[1]) as file:
    info = json.load(file)["info"]
print(f"status {sys.argv[2]}, {info['exit_status']} at {info['model_stats']['instance_cost']:.1f}, {sys.argv[3]}")
PYTHON
}
seen "with room" "status 0, Submitted at 1.2, first second" "$(limited 5)"
seen "limit 0.3" "status 0, LimitsExceeded at 0.4, first" "$(limited 0.3)"
