#!/bin/bash
# escapes.sh MODE: workers that try to get out, each in one way, in a run with that sandbox mode; prints
# "WAY OUTCOME" for each. contained: nothing came of it. detected: the record names it, whether it was
# undone or not. open: it was done, and nobody was told.
#
# A way is three lines: what the worker does, how to see from outside that it was done (a shell's condition),
# and a word by which the record names it ("-" for none). Only what is harmless to the machine is tried.
set -u
mode=$1
root=$(mktemp -d "${TMPDIR:-/tmp}/uet-escapes-XXXXXX")
root=$(cd "$root" && pwd -P)
trap 'rm -rf "$root"; rm -f /dev/shm/uet-way-*' EXIT
export HOME=$root/home GIT_CONFIG_NOSYSTEM=1 OUTER_VARIABLE=outer-value-17
unset XDG_STATE_HOME XDG_CONFIG_HOME GIT_DIR GIT_WORK_TREE
mkdir -p "$HOME/.ssh" "$root/bin"
echo user-secret > "$HOME/.ssh/key"
git config --global user.name Tester
git config --global user.email tester@example.invalid
git config --global uet.trust always
git config --global uet.sandbox.mode "$mode"
repo=$root/repo
git init -q -b main "$repo"
cd "$repo" || exit 1
echo mine > README
mkdir workstreams
common=$repo/.git

count=0
names=() checks=() words=()
way() { # NAME TRY CHECK WORD
    count=$((count + 1))
    names+=("$1") checks+=("$3") words+=("$4")
    {
        printf 'id: ws-%s\ntasks: [get out]\ntool: shell\nfiles_scope: ["%s.txt"]\ndepends_on: [ws-victim]\ncommand: |\n' "$1" "$1"
        printf '%s\n' "R='$root' P='$repo' G='$common' U='$HOME' N='$1'" "$2" "echo done > $1.txt; true" |
            sed 's/^/  /'
    } > "workstreams/$1.yaml"
}
log() { printf 'grep -q %s "$logs/%s"' "$2" "$1"; }

# Paths.
way checkout-change 'echo x >> $P/README' 'grep -q x README' README
way checkout-new 'echo x > $P/new-file' 'test -e new-file' new-file
way checkout-bundle 'echo x > $P/workstreams/evil.yaml' 'test -e workstreams/evil.yaml' evil.yaml
way home-write 'echo x > $U/written' 'test -e $HOME/written' -
way home-shell-file 'echo x >> $U/.profile; echo x >> ~/.profile' 'test -e $HOME/.profile' -
way home-read 'cat $U/.ssh/key' "$(log home-read user-secret)" -
way beside 'echo x > $R/beside' 'test -e $root/beside' -
way upwards 'echo x > ../../../upwards' 'test -e $root/upwards' -
way link-out 'ln -s $R/linked l; echo x > l; rm -f l' 'test -e $root/linked' -
way link-read 'ln -s $U/.ssh/key l; cat l; rm -f l' "$(log link-read user-secret)" -
way hard-link 'ln $U/.ssh/key l; cat l; rm -f l' "$(log hard-link user-secret)" -
way folder-link 'ln -s $P d; echo x > d/through; rm -f d' 'test -e through' through
way move-worktree 'mv $PWD $PWD.moved && mv $PWD.moved $PWD && echo moved-it' "$(log move-worktree moved-it)" -
way other-worktree 'for d in ../*/; do case $d in ../ws-$N/) ;; *) echo x > $d/uet-left && echo left-it;; esac; done' \
    "$(log other-worktree left-it)" -
way other-prompt 'cat $G/uet/runs/$UET_RUN/ws-victim.1.prompt.md && echo read-it' "$(log other-prompt read-it)" -
way other-log 'cat $G/uet/runs/$UET_RUN/ws-victim.1.log && echo read-it' "$(log other-log read-it)" -
way shared-memory 'echo x > /dev/shm/uet-way-1' 'test -e /dev/shm/uet-way-1' -
way shared-tmp 'echo x > /tmp/uet-way-$UET_RUN' 'ls /tmp/uet-way-$run && rm -f /tmp/uet-way-$run' -
way trust 'mkdir -p $U/.local/state/git-uet/trust; echo x > $U/.local/state/git-uet/trust/x.json' \
    'test -e $HOME/.local/state/git-uet/trust/x.json' -
# References.
way branch 'git branch evil-branch' 'git rev-parse -q --verify evil-branch' evil-branch
way tag 'git tag evil-tag' 'git rev-parse -q --verify evil-tag' evil-tag
way branch-file 'git rev-parse HEAD > $G/refs/heads/evil-file' 'git rev-parse -q --verify evil-file' evil-file
way branch-gone 'git update-ref -d refs/heads/keep-me' '! git rev-parse -q --verify keep-me' keep-me
way fetch 'git fetch -q . HEAD:refs/heads/evil-fetch' 'git rev-parse -q --verify evil-fetch' evil-fetch
way symbolic 'git symbolic-ref refs/heads/evil-symbol refs/heads/main' 'git rev-parse -q --verify evil-symbol' evil-symbol
way replaced 'git replace -f HEAD~0 $(git commit-tree -m x HEAD^{tree})' 'test -n "$(git replace -l)"' refs/replace
way record-gone 'git update-ref -d refs/uet/runs/$UET_RUN/main' '! git rev-parse -q --verify refs/uet/runs/$run/main' -
way notes 'git notes --ref=evil add -m x HEAD' 'git rev-parse -q --verify refs/notes/evil' refs/notes/evil
way packed-refs 'echo "# x" >> $G/packed-refs' 'grep -q "# x" .git/packed-refs' -
way head 'echo "ref: refs/heads/other" > $G/HEAD' 'grep -q other .git/HEAD' HEAD
way stash 'echo x > s; git stash -u -q; true' 'git rev-parse -q --verify refs/stash' refs/uet/salvage
way reflogs 'rm -rf $G/logs' 'test ! -e .git/logs' -
way index 'rm -f $G/index && echo removed-it' "$(log index removed-it)" README
# What makes programs run.
way config 'git config evil.key x' 'git config evil.key' evil.key
way config-program 'git config core.fsmonitor /bin/false' 'git config core.fsmonitor' core.fsmonitor
way config-include 'git config include.path /nowhere' 'git config include.path' include.path
way config-global 'git config --global evil.global x' 'test -n "$(HOME=$home git config --global evil.global)"' -
way hook 'mkdir -p $G/hooks; echo "#!/bin/sh" > $G/hooks/post-commit' 'test -e .git/hooks/post-commit' post-commit
way attributes 'echo "* filter=x" > $G/info/attributes' 'test -e .git/info/attributes' info/attributes
way exclude 'echo secret >> $G/info/exclude' 'grep -q secret .git/info/exclude' info/exclude
way shallow 'git rev-parse HEAD > $G/shallow' 'test -e .git/shallow' shallow
way path-program 'mkdir -p ~/.local/bin; echo x > $U/.local/bin/git' 'test -e $HOME/.local/bin/git' -
# The repository itself.
way alternates 'echo /nowhere > $G/objects/info/alternates' 'test -e .git/objects/info/alternates' objects/info/alternates
way packs 'rm -f $G/objects/pack/*.pack' '! ls .git/objects/pack/*.pack' -
way loose-object "rm -f \$G/objects/LOOSE" 'test ! -e .git/objects/$loose' -
way commondir 'echo /nowhere > $(git rev-parse --git-dir)/commondir && echo wrote-it' "$(log commondir wrote-it)" commondir
way gitdir 'echo /nowhere > $(git rev-parse --git-dir)/gitdir && echo wrote-it' "$(log gitdir wrote-it)" gitdir
way git-file 'cp .git g; rm -f .git && mv g .git && echo replaced-it' "$(log git-file replaced-it)" -
way key 'cat $G/uet.key > /dev/null && echo read-it' "$(log key read-it)" -
way worktree-add 'git worktree add -q --detach ../evil-worktree && echo made-it' 'test -e $root/repo.worktrees/$run/evil-worktree' -
way worktree-gone 'for w in $G/worktrees/ws-*; do [ "$w" = $G/worktrees/ws-$N ] || cat $w/HEAD; done | grep -q . && echo seen-it' \
    "$(log worktree-gone seen-it)" -
# Processes.
way environment 'cat /proc/*/environ | tr "\0" "\n" | grep OUTER' "$(log environment outer-value)" -
way root-of-another 'for p in /proc/[0-9]*; do cat $p/root$U/.ssh/key; done' "$(log root-of-another user-secret)" -
way cwd-of-another 'for p in /proc/[0-9]*; do case $(readlink $p/cwd) in $P) echo x > $p/cwd/by-cwd;; esac; done' \
    'test -e by-cwd' by-cwd
way signal "kill -0 $$ && echo reached-it" "$(log signal reached-it)" -
way trace "python3 -c 'import ctypes,sys; l=ctypes.CDLL(None, use_errno=True); sys.exit(0 if l.ptrace(0x4206, $$, 0, 0) == 0 else 1)' && echo traced-it" \
    "$(log trace traced-it)" -
way daemon 'setsid sh -c "sleep 30; echo uet-way-daemon" > /dev/null 2>&1 &' 'pgrep -f uet-way-daemo[n]' -
way flood 'for i in $(seq 300); do sleep 30.77 & done' 'pgrep -f "sleep 30.7[7]"' -
way set-kernel 'f=/proc/sys/kernel/core_pattern; v=$(cat $f); echo "$v" > $f && echo set-it' "$(log set-kernel set-it)" -
way remount 'mount -o remount,rw,bind $G && echo x > $G/by-mount' 'test -e .git/by-mount' -
way own-namespace 'unshare -Urm sh -c "mount -o remount,rw,bind $G; umount $G; echo x > $G/by-namespace"' \
    'test -e .git/by-namespace' -
way device 'mknod d b 1 0 && echo made-it; rm -f d' "$(log device made-it)" -
way steer 'git uet cancel $UET_RUN ws-beside --reason x && echo steered-it' "$(log steer steered-it)" -
way outer-socket "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"$root/outer.sock\"); print(\"talked-to-it\")'" \
    "$(log outer-socket talked-to-it)" -
way abstract-socket "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"\\0uet-$$\"); print(\"talked-to-it\")'" \
    "$(log abstract-socket talked-to-it)" -

cat > workstreams/victim.yaml <<'END'
id: ws-victim
tasks: [be looked at]
tool: shell
files_scope: [victim.txt]
command: echo said > victim.txt; echo printed
END
git add -A && git commit -qm first && git branch keep-me && git gc -q
loose=$(echo nobody | git hash-object -w --stdin)
loose=${loose:0:2}/${loose:2}
sed -i "s|LOOSE|$loose|" workstreams/loose-object.yaml
home=$HOME
python3 -c "
import socket, os
outer = socket.socket(socket.AF_UNIX); outer.bind('$root/outer.sock'); outer.listen(99)
hidden = socket.socket(socket.AF_UNIX); hidden.bind('\0uet-$$'); hidden.listen(99)
open('$root/server', 'w').write(str(os.getpid()))
import time; time.sleep(600)" > /dev/null 2>&1 &
while [ ! -s "$root/server" ]; do :; done
server=$(cat "$root/server")

# One run of some of the ways, by their numbers; what came of them is printed.
try() {
    local place numbers=("$@") wanted=() number name done
    for number in "${numbers[@]}"; do wanted+=("ws-${names[number]}"); done
    git-uet run --workers "${WORKERS:-4}" "${wanted[@]}" > "$root/run.out" 2>&1
    run=$(basename "$(ls -d .git/uet/runs/2*/ | head -1)")
    logs=.git/uet/runs/$run/shown
    mkdir -p "$logs"
    for number in "${numbers[@]}"; do cp ".git/uet/runs/$run/ws-${names[number]}.1.log" "$logs/${names[number]}"; done
    for number in "${numbers[@]}"; do
        name=${names[number]}
        done=no
        (eval "${checks[number]}") > /dev/null 2>&1 && done=yes
        if [ "${words[number]}" != - ] && grep 'this was changed' "$root/run.out" |
            grep -qF -- "${words[number]}"; then
            echo "$name detected"
        elif [ $done = yes ]; then
            echo "$name open"
        else
            echo "$name contained"
        fi
    done
}

# Without a sandbox one way may spoil another.
if [ "$mode" = off ]; then
    cp -a "$root" "$root.kept"
    trap 'kill -KILL $server; rm -rf "$root" "$root.kept"; rm -f /dev/shm/uet-way-*' EXIT
    for ((i = 0; i < count; i++)); do
        try "$i"
        cd / && find "$root" -mindepth 1 -maxdepth 1 ! -name outer.sock -exec rm -rf {} + && rm -f /dev/shm/uet-way-*
        (cd "$root.kept" && find . -mindepth 1 -maxdepth 1 ! -name outer.sock -exec cp -a {} "$root" \;)
        cd "$repo" || exit 1
    done
else
    trap 'kill -KILL $server; [ -z "${KEEP:-}" ] || cp -r "$root" "$KEEP"; rm -rf "$root"; rm -f /dev/shm/uet-way-*' EXIT
    try $(seq 0 $((count - 1)))
fi
