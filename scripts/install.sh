#!/bin/sh
# install.sh install BINARY | uninstall
# Installs under DESTDIR + PREFIX, and removes what it installed. Both go by the same list.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
: "${PREFIX:=/usr/local}"
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

supervisor=libexec/git-uet/uet-supervise
bash_file=share/bash-completion/completions/git-uet
zsh_file=share/zsh/site-functions/_git-uet
fish_file=share/fish/vendor_completions.d/git-uet.fish

install_all() {
    binary=$1
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    cp "$binary" "$work/git-uet"
    cp "$(dirname "$binary")/uet-supervise" "$work/uet-supervise"
    strip "$work/git-uet" "$work/uet-supervise" 2>/dev/null ||
        echo "warning: not stripped: 'strip' is missing" >&2
    for shell in bash zsh fish; do
        "$work/git-uet" --generate-completion-script "$shell" > "$work/$shell"
    done
    # git's own completion calls _git_uet for "git uet"; it must see the words as "git-uet ...".
    cat "$here/scripts/completion-for-git.bash" >> "$work/bash"
    put "$work/uet-supervise" "$supervisor" 755
    put "$work/git-uet" bin/git-uet 755
    put "$here/docs/man/git-uet.1" share/man/man1/git-uet.1 644
    put "$work/bash" "$bash_file" 644
    put "$work/zsh" "$zsh_file" 644
    put "$work/fish" "$fish_file" 644
    for file in $(shared_files); do
        put "$here/$file" "share/git-uet/$file" 644
    done
}

# The files of schema/, which have no blanks in their names.
shared_files() {
    [ ! -d "$here/schema" ] || (cd "$here" && find schema -type f | sort)
}

remove() {
    if [ -e "$root/$1" ] || [ -L "$root/$1" ]; then
        rm -f "$root/$1"
        echo "removed $root/$1"
    fi
}

uninstall_all() {
    for file in bin/git-uet "$supervisor" share/man/man1/git-uet.1 "$bash_file" "$zsh_file" "$fish_file"; do
        remove "$file"
    done
    for file in $(shared_files); do
        remove "share/git-uet/$file"
    done
    # Folders of our own go when nothing else is in them.
    for folder in share/git-uet libexec/git-uet; do
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
