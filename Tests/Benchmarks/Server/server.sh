#!/bin/bash
# server.sh PROGRAM: what judging a push takes, beside a bare `git receive-pack` that looks at objects as well,
# and, for many references, beside the same rules as a shell `update` hook.
#
# PUSHES=25     pushes of one small commit
# REFS=1000     references of one push, a commit each
# COMMITS=10000 commits of one push
set -euo pipefail
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
pushes=${PUSHES:-25}
refs=${REFS:-1000}
commits=${COMMITS:-10000}
# shellcheck source=Tests/Benchmarks/prelude.sh
. "$(dirname "$0")/../prelude.sh"
mkdir "$place/bin"
ln -s "$program" "$place/bin/git-uet"
export PATH=$place/bin:$PATH

# host NAME KIND: a bare repository; `uet` with the hooks, `shell` with the update hook, `bare` with none.
host() {
    git init --quiet --bare "$place/$1"
    case $2 in
    uet) (cd "$place/$1" && git uet hook install --server > /dev/null) ;;
    *) git -C "$place/$1" config receive.fsckObjects true ;;
    esac
    git -C "$clone" push --quiet "$place/$1" main
    [ "$2" != shell ] || install -m 755 "$place/update" "$place/$1/hooks/update"
}

# The same rules one reference at a time: names, the protected branch, commits alone, sizes and paths of new objects.
cat > "$place/update" << 'END'
#!/bin/sh
ref=$1 old=$2 new=$3
zero=0000000000000000000000000000000000000000
case $ref in refs/heads/main | */-* | refs/replace/*) exit 1 ;; esac
[ "$new" != $zero ] || exit 0
if [ "$old" = $zero ]; then
    name=$(echo "$ref" | tr A-Z a-z)
    ! git for-each-ref --format='%(refname)' | tr A-Z a-z | grep -qx "$name" || exit 1
fi
test "$(git cat-file -t "$new")" = commit || exit 1
git rev-list --objects "$new" --not --all |
    git cat-file --batch-check='%(objecttype) %(objectsize) %(rest)' |
    while read -r type size path; do
        if [ "$type" = blob ] && [ "$size" -gt 100000000 ]; then exit 1; fi
        case $path in ../* | */../* | .git | .git/* | */.git/*) exit 1 ;; esac
    done
END

clone=$place/clone
git init --quiet "$clone"
for ((i = 0; i < 1000; i++)); do
    mkdir -p "$clone/d$((i % 10))/e$((i % 50))"
    echo "$i" > "$clone/d$((i % 10))/e$((i % 50))/f$i"
done
git -C "$clone" add --all
git -C "$clone" commit --quiet --message=base
base=$(git -C "$clone" rev-parse HEAD)

# took HOST REFSPEC: seconds of a push.
took() {
    local start end
    start=$(date +%s.%N)
    git -C "$clone" push --quiet "$place/$1" "$2"
    end=$(date +%s.%N)
    awk -v a="$start" -v b="$end" 'BEGIN { printf "%.4f\n", b - a }'
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

host small-bare bare
host small-uet uet
for ((i = 0; i < pushes; i++)); do
    echo "$i" >> "$clone/d0/e0/f0"
    git -C "$clone" commit --quiet --all --message="change $i"
    for kind in bare uet; do took "small-$kind" HEAD:refs/heads/topic >> "$place/$kind.times"; done
done
bare=$(median < "$place/bare.times")
uet=$(median < "$place/uet.times")
awk -v a="$bare" -v b="$uet" 'BEGIN {
    printf "one small commit       bare %5.1f ms   hooks %5.1f ms   over it %.1f ms\n", a * 1e3, b * 1e3, (b - a) * 1e3 }'

for ((i = 0; i < refs; i++)); do
    printf 'commit refs/many/r%d\ncommitter B <b@e> 1700000000 +0000\ndata 2\nc\nfrom %s\n' "$i" "$base"
    printf 'M 100644 inline new/f%d\ndata %d\n%d\n\n' "$i" "${#i}" "$i"
done | git -C "$clone" fast-import --quiet
for kind in bare uet shell; do
    host "many-$kind" $kind
    took "many-$kind" 'refs/many/*:refs/heads/many/*' > "$place/many-$kind.time"
done
awk -v n="$refs" -v a="$(cat "$place/many-bare.time")" -v b="$(cat "$place/many-uet.time")" \
    -v c="$(cat "$place/many-shell.time")" 'BEGIN {
    printf "%d references        bare %5.2f s    hooks %5.2f s    over it %.2f s   the shell hook %.2f s, ratio %.4f\n",
        n, a, b, b - a, c - a, (b - a) / (c - a) }'

for ((i = 0; i < commits; i++)); do
    printf 'commit refs/long\ncommitter B <b@e> 1700000000 +0000\ndata 2\nc\n'
    [ "$i" -gt 0 ] || printf 'from %s\n' "$base"
    printf 'M 100644 inline d%d/e%d/f%d\ndata %d\n%d\n\n' $((i % 10)) $((i % 50)) $((i % 1000)) "${#i}" "$i"
done | git -C "$clone" fast-import --quiet
git -C "$clone" repack -adq
for kind in bare uet; do
    host "long-$kind" $kind
    [ $kind = bare ] || git -C "$place/long-uet" config uet.server.forbiddenPaths 'ci/**'
    took "long-$kind" refs/long:refs/heads/long > "$place/long-$kind.time"
done
awk -v n="$commits" -v a="$(cat "$place/long-bare.time")" -v b="$(cat "$place/long-uet.time")" 'BEGIN {
    printf "%d commits         bare %5.2f s    hooks %5.2f s    over it %.2f s\n", n, a, b, b - a }'

host line uet
took line 'refs/many/*:refs/for/main/*' > "$place/line.time"
awk -v n="$refs" -v a="$(cat "$place/line.time")" 'BEGIN { printf "%d candidates at once   %5.2f s\n", n, a }'

# each COMMAND...: milliseconds, the median of 40.
each() {
    local i start end
    for ((i = 0; i < 40; i++)); do
        start=$(date +%s%N)
        "$@" < /dev/null > /dev/null 2>&1 || true
        end=$(date +%s%N)
        echo $((end - start))
    done | median | awk '{ printf "%.2f\n", $1 / 1e6 }'
}
version=$(each git --version)
hook=$(cd "$place/small-uet" && each "$program" hook pre-receive --after none)
awk -v a="$version" -v b="$hook" 'BEGIN {
    printf "start                  git --version %.2f ms   the hook with nothing to judge %.2f ms   ratio %.1f\n", a, b, b / a }'
queue() { git -C "$place/line" uet queue; }
awk -v n="$refs" -v a="$(each queue)" 'BEGIN { printf "git uet queue with %d candidates   %s ms\n", n, a }'
