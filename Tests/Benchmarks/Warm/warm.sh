#!/bin/sh
# What gates cost where a build folder stays: compilations and time, of a run and of the queue.
# warm.sh PROGRAM [OLD_PROGRAM]
# KIND=make (the default) or cmake: a project of FILES C files, and WORK workstreams of one file each; cargo: a workspace of
# FILES crates whose tests read a file by CARGO_MANIFEST_DIR. Its test is the gate, of attempts and of the queue: twice for
# each of the programs (nothing was built before, and then once more), and for a plain loop, of LOOP workstreams: a worktree, a
# copy of the build folder, the gate, away with it (with make, for a copy is of no use to the others).
set -eu
program=$(realpath "$1")
old=${2:+$(realpath "$2")}
kind=${KIND:-make}
case $kind in cargo) files=${FILES:-20} work=${WORK:-20} ;; *) files=${FILES:-400} work=${WORK:-40} ;; esac
loop=${LOOP:-5}
here=$(cd "$(dirname "$0")" && pwd)
cargo_home=${CARGO_HOME:-$HOME/.cargo} rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
# shellcheck source=Tests/Benchmarks/prelude.sh disable=SC1091
. "$here/../prelude.sh"
mkdir -p "$place/bin"
# What the tools try out by themselves is not counted.
cat > "$place/bin/counted" <<SH
#!/bin/sh
case " \$* " in *" -c "*) case "\$*" in *CMakeTmp* | *CMakeScratch* | *CompilerId*) ;; *) echo x >> "$place/count" ;; esac ;; esac
exec cc "\$@"
SH
cat > "$place/bin/rusted" <<SH
#!/bin/sh
case " \$* " in *" --crate-name ___ "* | *" -vV "*) ;; *) echo x >> "$place/count" ;; esac
exec "\$@"
SH
chmod +x "$place/bin/counted" "$place/bin/rusted"

# project NAME: a repository with its workstreams done, in $place/NAME/project.
project() {
    mkdir -p "$place/$1/project/src" "$place/$1/project/workstreams" "$place/$1/project/.uet"
    cd "$place/$1/project"
    git init -q
    "sources_$kind"
    echo project > README
    cat > .uet/config.yaml <<YAML
run: {workers: 4, mode: ${MODE:-own}, caches: [$kept]}
gates:
  GATE_TEST: {command: $gate}
integration: {target: main, gates: [GATE_TEST], slots: ${SLOTS:-2}}
YAML
    i=0
    while [ "$i" -lt "$work" ]; do
        printf 'id: ws-%d\ntasks: [t]\ntool: shell\nfiles_scope: ["%s"]\ntest_gates: [{type: GATE_TEST}]\ncommand: sed -i "s/return /return 1 + /" "%s"\n' \
            "$i" "$(source "$i")" "$(source "$i")" > "workstreams/ws-$i.yaml"
        i=$((i + 1))
    done
    git add -A
    git commit -qm first
}

source() { if [ "$kind" = cargo ]; then echo "c$1/src/lib.rs"; else echo "src/u$1.c"; fi; }

sources_c() {
    i=0
    while [ "$i" -lt "$files" ]; do
        printf 'int u%d(void) { return %d; }\n' "$i" "$i" > "src/u$i.c"
        i=$((i + 1))
    done
    printf 'int u0(void);\nint main(void) { return u0() < 0; }\n' > src/main.c
    echo build/ > .gitignore
    kept=build
}

sources_make() {
    sources_c
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
    gate="[make, -s, 'CC=$place/bin/counted', test]"
}

sources_cmake() {
    sources_c
    cat > CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.10)
project(program C)
file(GLOB UNITS src/*.c)
add_executable(program ${UNITS})
CMAKE
    gate="[sh, -c, 'cmake -S . -B build -G Ninja -DCMAKE_C_COMPILER=$place/bin/counted >/dev/null && cmake --build build >/dev/null && build/program']"
}

sources_cargo() {
    rmdir src
    printf '[workspace]\nresolver = "2"\nmembers = ["c*"]\n' > Cargo.toml
    i=0
    while [ "$i" -lt "$files" ]; do
        mkdir -p "c$i/src"
        printf '[package]\nname = "c%d"\nversion = "0.1.0"\nedition = "2021"\n' "$i" > "c$i/Cargo.toml"
        echo fixed > "c$i/fixture"
        cat > "c$i/src/lib.rs" <<RUST
pub fn value() -> i32 {
    return $i;
}

#[test]
fn fixture() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/fixture")).unwrap();
    assert!(text == "fixed\n" && value() >= 0);
}
RUST
        i=$((i + 1))
    done
    echo target/ > .gitignore
    CARGO_HOME=$cargo_home RUSTUP_HOME=$rustup_home cargo generate-lockfile --offline -q
    kept=target
    gate="[env, 'CARGO_HOME=$cargo_home', 'RUSTUP_HOME=$rustup_home', 'RUSTC_WRAPPER=$place/bin/rusted', cargo, test, --offline, -q, --workspace, --lib]"
}

now() { date +%s.%N; }

# measured NAME COMMAND...: time and compilations.
measured() {
    label=$1
    shift
    : > "$place/count"
    start=$(now)
    "$@" > "$place/out" 2>&1 || { cat "$place/out"; exit 1; }
    end=$(now)
    awk -v n="$label" -v s="$start" -v e="$end" -v c="$(wc -l < "$place/count")" \
        'BEGIN { printf "%-22s %8.2f s %8d compilations\n", n, e - s, c }'
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
        measured "$name $round run" "$tool" run
        measured "$name $round integrate" "$tool" integrate --land main --update-checkout
        sed -i 's/$/ /' README
        git commit -qam "$round"
    done
    rm -rf "$place/$name"
done
if [ "$kind" = make ]; then
    project loop
    make -s CC="$place/bin/counted" test
    measured "loop of $loop" loop
fi
