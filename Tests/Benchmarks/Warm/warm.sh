#!/bin/sh
# What a gate costs in the queue, where a build folder stays: compilations and time.
# warm.sh PROGRAM [OLD_PROGRAM]
# A make project of FILES C files, WORK workstreams of one file each, and its test as the gate: twice for each of
# the programs (nothing was built before, and then once more), and for a plain loop, of LOOP workstreams: a
# worktree, a copy of the build folder, the gate, away with it.
set -eu
program=$(realpath "$1")
old=${2:+$(realpath "$2")}
files=${FILES:-400} work=${WORK:-40} loop=${LOOP:-5}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Benchmarks/prelude.sh disable=SC1091
. "$here/../prelude.sh"
mkdir -p "$place/bin"
printf '#!/bin/sh\ncase " $* " in *" -c "*) echo x >> "%s" ;; esac\nexec cc "$@"\n' "$place/count" > "$place/bin/counted"
chmod +x "$place/bin/counted"

# project NAME: a repository with its workstreams done, in $place/NAME/project.
project() {
    mkdir -p "$place/$1/project/src" "$place/$1/project/workstreams" "$place/$1/project/.uet"
    cd "$place/$1/project"
    git init -q
    i=0
    while [ "$i" -lt "$files" ]; do
        printf 'int u%d(void) { return %d; }\n' "$i" "$i" > "src/u$i.c"
        i=$((i + 1))
    done
    printf 'int u0(void);\nint main(void) { return u0() < 0; }\n' > src/main.c
    cat > Makefile <<'MAKE'
OBJECTS = $(patsubst src/%.c,build/%.o,$(wildcard src/*.c))
test: build/program
	@build/program
build/program: $(OBJECTS)
	@$(CC) -o $@ $(OBJECTS)
build/%.o: src/%.c
	@mkdir -p build
	@$(CC) -MMD -c -o $@ $<
-include $(OBJECTS:.o=.d)
MAKE
    echo build/ > .gitignore
    echo project > README
    cat > .uet/config.yaml <<YAML
run: {workers: 4, caches: [build]}
gates:
  GATE_TEST: {command: [make, -s, "CC=$place/bin/counted", test]}
integration: {target: main, gates: [GATE_TEST]}
YAML
    i=0
    while [ "$i" -lt "$work" ]; do
        printf 'id: ws-%d\ntasks: [t]\ntool: shell\nfiles_scope: [src/u%d.c]\ncommand: sed -i "s/return /return 1 + /" src/u%d.c\n' \
            "$i" "$i" "$i" > "workstreams/ws-$i.yaml"
        i=$((i + 1))
    done
    git add -A
    git commit -qm first
}

now() { date +%s.%N; }

# measured NAME COMMAND...: time and compilations.
measured() {
    name=$1
    shift
    : > "$place/count"
    start=$(now)
    "$@" > "$place/out" 2>&1 || { cat "$place/out"; exit 1; }
    end=$(now)
    awk -v n="$name" -v s="$start" -v e="$end" -v c="$(wc -l < "$place/count")" \
        'BEGIN { printf "%-12s %8.2f s %8d compilations\n", n, e - s, c }'
}

loop() {
    i=0
    while [ "$i" -lt "$loop" ]; do
        git worktree add -q --detach "$place/tree" main
        (
            cd "$place/tree"
            sed -i "s/return /return 1 + /" "src/u$i.c"
            cp -a "$place/loop/project/build" build
            make -s CC="$place/bin/counted" test
            git commit -qam "ws-$i"
        )
        git merge -q --no-edit "$(git -C "$place/tree" rev-parse HEAD)"
        git worktree remove --force "$place/tree"
        i=$((i + 1))
    done
}

for name in new old; do
    tool=$program
    [ "$name" = new ] || tool=$old
    [ -n "$tool" ] || continue
    project "$name"
    for round in first again; do
        "$tool" run > "$place/out" 2>&1 || { cat "$place/out"; exit 1; }
        measured "$name $round" "$tool" integrate --land main --update-checkout
        grep strategy "$place/out" | sed 's/^/    /' | cut -c 1-100
        sed -i 's/$/ /' README
        git commit -qam "$round"
    done
done
project loop
make -s CC="$place/bin/counted" test
measured "loop of $loop" loop
