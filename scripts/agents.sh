#!/bin/sh
# Installs the agent programs that "make test-agents" tries, each from PyPI into a virtual environment of its own.
# agents.sh FOLDER [PROGRAM...]
# FOLDER/NAME is the environment, FOLDER/bin/NAME the program, FOLDER/NAME.skipped why there is none.
# What is there in its version is left as it is; a new version here takes its place.
set -eu

# name, package, oldest and newest Python that it runs on, program in the environment
programs='
claude     claude-agent-sdk==0.2.189  3.10 3.14  lib/python*/site-packages/claude_agent_sdk/_bundled/claude
codex      openai-codex==0.163.0      3.10 3.14  lib/python*/site-packages/codex_cli_bin/bin/codex
aider      aider-chat==0.86.2         3.10 3.12  bin/aider
mini       mini-swe-agent==2.4.6      3.10 3.14  bin/mini
gptme      gptme==0.35.1              3.10 3.13  bin/gptme
vibe       mistral-vibe==3.0.2        3.12 3.14  bin/vibe
kimi       kimi-cli==1.51.0           3.12 3.14  bin/kimi
openhands  openhands==1.16.0          3.12 3.12  bin/openhands
'

folder=${1:?"agents.sh FOLDER [PROGRAM...]"}
shift
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)
wanted=" $* "

# number MAJOR.MINOR: as one number that can be compared.
number() { echo "$((${1%%.*} * 1000 + ${1#*.}))"; }

# of_pyenv MAJOR.MINOR: the interpreter that pyenv keeps, which is on the PATH only where it is chosen.
of_pyenv() {
    version=$(pyenv latest "$1" 2>/dev/null) || return 0
    echo "$(pyenv prefix "$version")/bin/python$1"
}

# python OLDEST NEWEST: the newest interpreter on the PATH that is one of them.
python() {
    minor=$((${2#*.}))
    while [ "$minor" -ge "$((${1#*.}))" ]; do
        for name in "python3.$minor" "$(of_pyenv "3.$minor")"; do
            "$name" -c 'import venv, ssl' >/dev/null 2>&1 || continue
            echo "$name"
            return
        done
        minor=$((minor - 1))
    done
    own=$(python3 -c 'import sys, venv, ssl; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    [ "$(number "$own")" -ge "$(number "$1")" ] && [ "$(number "$own")" -le "$(number "$2")" ] || return 1
    echo python3
}

skip() {
    rm -rf "${folder:?}/$1" "$folder/bin/$1"
    echo "$2" >"$folder/$1.skipped"
    echo "$1: skipped: $2"
}

# install NAME PACKAGE OLDEST NEWEST PROGRAM
install() {
    if [ "$(cat "$folder/$1/installed" 2>/dev/null)" = "$2" ] && [ -x "$folder/bin/$1" ]; then return; fi
    rm -rf "${folder:?}/$1" "$folder/bin/$1" "$folder/$1.skipped"
    python=$(python "$3" "$4") || { skip "$1" "no Python from $3 to $4"; return; }
    echo "$1: installing $2 with $python"
    "$python" -m venv "$folder/$1"
    "$folder/$1/bin/python" -m pip --quiet --disable-pip-version-check --no-input install "$2" \
        >"$folder/$1.log" 2>&1 || { skip "$1" "$2 cannot be installed: $(tail -n 1 "$folder/$1.log")"; return; }
    # The pattern stands for the version of Python.
    for program in "$folder/$1"/$5; do
        [ -x "$program" ] || { skip "$1" "$2 does not hold $5"; return; }
        ln -s "$program" "$folder/bin/$1"
    done
    echo "$2" >"$folder/$1/installed"
}

command -v python3 >/dev/null 2>&1 || echo "no python3 here: nothing can be installed"
echo "$programs" | while read -r name package oldest newest program; do
    [ -n "$name" ] || continue
    case $wanted in "  " | *" $name "*) install "$name" "$package" "$oldest" "$newest" "$program" ;; esac
done
