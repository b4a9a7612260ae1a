#!/bin/sh
# install.sh install BINARY | uninstall
# Installs under DESTDIR + PREFIX, and removes what it installed. Both go by the same list.
# ZSH_FOLDER: where zsh looks for completions, below PREFIX
# RUN_FOLDER: where the programs will be when they run, for the units of systemd
# UET_NO_DASHBOARD=1: without the dashboard, though it has been built
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
: "${PREFIX:=/usr/local}"
: "${ZSH_FOLDER:=share/zsh/site-functions}"
: "${RUN_FOLDER:=$PREFIX/bin}"
root=${DESTDIR:-}$PREFIX
case $PREFIX in
/*) ;;
*)
    echo "error: PREFIX must be an absolute path, not '$PREFIX'" >&2
    exit 2
    ;;
esac

# put FILE TARGET MODE: installs one file, by a rename, so that a running program keeps its own.
put() {
    mkdir -p "$(dirname "$root/$2")"
    cp "$1" "$root/$2.new.$$"
    chmod "$3" "$root/$2.new.$$"
    mv -f "$root/$2.new.$$" "$root/$2"
    echo "installed $root/$2"
}

# strip_all FILE...: takes the symbols out, which are half of the program, with whatever tool is there.
strip_all() {
    toolchain=$(dirname "$(command -v swift || echo /usr/bin/swift)")
    for tool in strip llvm-strip "$toolchain/llvm-strip"; do
        ! command -v "$tool" > /dev/null || ! "$tool" "$@" || return 0
    done
    for tool in objcopy llvm-objcopy "$toolchain/llvm-objcopy"; do
        command -v "$tool" > /dev/null || continue
        for file in "$@"; do
            "$tool" --strip-all "$file" || continue 2
        done
        return 0
    done
    echo "warning: not stripped, for neither 'strip' nor 'objcopy' is there" >&2
}

supervisor=libexec/git-uet/uet-supervise
bash_file=share/bash-completion/completions/git-uet
zsh_file=$ZSH_FOLDER/_git-uet
fish_file=share/fish/vendor_completions.d/git-uet.fish
fish_git_file=share/fish/vendor_conf.d/git-uet.fish
serve_unit=lib/systemd/system/git-uet-serve@.service
dashboard_socket=lib/systemd/user/git-uet-dashboard@.socket
dashboard_unit=lib/systemd/user/git-uet-dashboard@.service

install_all() {
    binary=$1
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    cp "$binary" "$work/git-uet"
    cp "$(dirname "$binary")/uet-supervise" "$work/uet-supervise"
    strip_all "$work/git-uet" "$work/uet-supervise"
    for shell in bash zsh fish; do
        "$work/git-uet" --generate-completion-script "$shell" > "$work/$shell"
    done
    # zsh's completion of git calls it for "git uet" as well, where the first word is "uet".
    sed 's/command_name="${words\[1\]}"/command_name=git-uet/' "$work/zsh" > "$work/zsh.new"
    mv "$work/zsh.new" "$work/zsh"
    # It is read and not run. git's own completion calls _git_uet for "git uet"; it must see the words as "git-uet ...".
    sed '1{/^#!/d;}' "$work/bash" | cat - "$here/scripts/completion-for-git.bash" > "$work/bash.new"
    mv "$work/bash.new" "$work/bash"
    put "$work/uet-supervise" "$supervisor" 755
    put "$work/git-uet" bin/git-uet 755
    "$here/scripts/make-manual" "$binary" "$work/man"
    for page in "$work"/man/*; do
        put "$page" "share/man/man${page##*.}/${page##*/}" 644
    done
    put_unit "$serve_unit"
    install_dashboard "$(dirname "$binary")/git-uet-dashboard"
    put "$work/bash" "$bash_file" 644
    put "$work/zsh" "$zsh_file" 644
    put "$work/fish" "$fish_file" 644
    put "$here/scripts/completion-for-git.fish" "$fish_git_file" 644
    for file in $(shared_files); do
        put "$here/$file" "share/git-uet/$file" 644
    done
    for file in $(documents); do
        put "$here/$file" "share/doc/git-uet/${file#docs/}" 644
    done
}

# put_unit FILE: a unit of systemd, where systemd may be.
put_unit() {
    [ "$(uname -s)" = Linux ] || return 0
    sed "s|@BIN@|$RUN_FOLDER|" "$here/packaging/systemd/${1##*/}" > "$work/unit"
    put "$work/unit" "$1" 644
}

# install_dashboard FILE: the dashboard, where it has been built, with its units.
install_dashboard() {
    [ -x "$1" ] && [ -z "${UET_NO_DASHBOARD:-}" ] || return 0
    cp "$1" "$work/git-uet-dashboard"
    strip_all "$work/git-uet-dashboard"
    put "$work/git-uet-dashboard" bin/git-uet-dashboard 755
    put_unit "$dashboard_socket"
    put_unit "$dashboard_unit"
}

# The files of schema/ and hooks/, which have no blanks in their names.
shared_files() {
    for folder in hooks schema; do
        [ ! -d "$here/$folder" ] || (cd "$here" && find "$folder" -type f | sort)
    done
}

# What the manual's pages of section 5 are made of, and what these name.
documents() {
    (cd "$here" && find docs/guide docs/design/ledger.md docs/design/read_ledger.py -type f | sort)
}

remove() {
    if [ -e "$root/$1" ] || [ -L "$root/$1" ]; then
        rm -f "$root/$1"
        echo "removed $root/$1"
    fi
}

uninstall_all() {
    for file in bin/git-uet bin/git-uet-dashboard "$supervisor" "$bash_file" "$zsh_file" \
        "$fish_file" "$fish_git_file" "$serve_unit" "$dashboard_socket" "$dashboard_unit"; do
        remove "$file"
    done
    # Ours alone have these names, whichever commands there were when they were put there.
    for page in "$root"/share/man/man1/git-uet.1 "$root"/share/man/man1/git-uet-*.1 \
        "$root"/share/man/man1/gituet-*.1 "$root"/share/man/man5/git-uet-*.5; do
        remove "${page#"$root/"}"
    done
    for file in $(shared_files); do
        remove "share/git-uet/$file"
    done
    for file in $(documents); do
        remove "share/doc/git-uet/${file#docs/}"
    done
    # Folders of our own go when nothing else is in them.
    for folder in share/git-uet share/doc/git-uet libexec/git-uet; do
        [ ! -d "$root/$folder" ] ||
            find "$root/$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true
    done
}

case ${1:-} in
install) install_all "$2" ;;
uninstall) uninstall_all ;;
*)
    echo "usage: install.sh install BINARY | uninstall" >&2
    exit 2
    ;;
esac
