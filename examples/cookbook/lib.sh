# Read by every recipe with ".": a fresh repository with one commit, in a folder of its own that goes at the end.
# What the user, the machine or a calling git has set does not count here.
set -eu
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS \
    XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME MAKEFLAGS MFLAGS MAKELEVEL CDPATH || true
place=$(cd "$(mktemp -d)" && pwd -P)
run_process=''
# A run in the background that a failed check leaves ends as well.
trap '[ -z "$run_process" ] || kill "$run_process" 2> /dev/null || true; cd / && rm -rf "$place"' EXIT
HOME=$place/home LC_ALL=C NO_COLOR=1
GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$HOME/.gitconfig GIT_PAGER=cat
PATH=$place/bin:$PATH
export HOME LC_ALL NO_COLOR GIT_CONFIG_NOSYSTEM GIT_CONFIG_GLOBAL GIT_PAGER PATH
mkdir "$HOME" "$place/bin" "$place/project"

git config --global user.name 'Cook'
git config --global user.email cook@example.invalid
git config --global init.defaultBranch main
# What "git uet trust" asks is answered for these repositories, and how busy the machine is does not count.
git config --global uet.trust always
git config --global uet.tiers.mode off
# Most recipes are not about the sandbox; the one that is takes this away again.
git config --global uet.sandbox.mode off

cd "$place/project"
git init --quiet
mkdir -p .uet workstreams src
echo 'version: 1' > .uet/config.yaml
echo 'one' > src/a.txt
echo 'one' > src/b.txt
git add --all
git commit --quiet --message 'begin'

# The newest run's name.
newest() { git for-each-ref --format='%(refname)' refs/uet/runs | cut -d/ -f4 | sort -u | tail -n 1; }

# wait_for COMMAND...: until it succeeds, for 60 s at most.
wait_for() {
    tries=600
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { echo "waited in vain for: $*" >&2; return 1; }
        sleep 0.1
    done
}

# happened TYPE WORKSTREAM: whether the newest run's record has such an event.
happened() { git uet events @ --type "$1" --workstream "$2" --json 2>/dev/null | grep -q .; }

# state WORKSTREAM: how it stands in the newest run.
state() { git uet show @ "$1" | awk 'NR == 1 { print $2 }'; }

# worker ID FILE COMMAND: a bundle of one plain command that may change one file.
worker() {
    printf 'id: %s\ntasks: [Change %s]\nfiles_scope: [%s]\ntool: shell\ncommand: %s\n' \
        "$1" "$2" "$2" "$3" > "workstreams/$1.yaml"
}
