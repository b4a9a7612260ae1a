#!/bin/sh
# Checks the tools that the build needs, and installs the libraries that are missing.
# setup.sh [--tests] [FOLDER]
# --tests: also what the tests run: bwrap, ninja, sshd, nginx, and pgrep of procps.
# FOLDER: is filled with links to what SwiftPM reads, for a source that is read-only.
# UET_NO_INSTALL=1: says what is missing and installs nothing.
set -eu

fail() {
    echo "error: $1" >&2
    shift
    for hint; do echo "hint: $hint" >&2; done
    exit 1
}

# at_least MAJOR.MINOR MAJOR.MINOR: whether the first version is the second or later.
at_least() {
    [ "${1%%.*}" -gt "${2%%.*}" ] ||
        { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${1#*.}" -ge "${2#*.}" ]; }
}

check_swift() {
    swift=${SWIFT:-swift}
    command -v "$swift" >/dev/null 2>&1 ||
        fail "Swift 6.2 or later is needed and '$swift' was not found" \
            "install it from https://www.swift.org/install and put it on PATH"
    version=$("$swift" --version 2>/dev/null |
        sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "'$swift --version' does not say which Swift this is" \
        "install Swift 6.2 or later from https://www.swift.org/install"
    at_least "$version" 6.2 || fail "Swift 6.2 or later is needed, this is $version" \
        "install it from https://www.swift.org/install and put it first on PATH"
}

check_git() {
    command -v git >/dev/null 2>&1 || fail "git 2.39 or later is needed and was not found" \
        "install the package 'git'"
    version=$(git --version | sed -n 's/^git version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p')
    [ -n "$version" ] || fail "'git --version' does not say which git this is"
    at_least "$version" 2.39 || fail "git 2.39 or later is needed, this is $version" \
        "Debian 12 and Ubuntu 24.04 have it; elsewhere see https://git-scm.com/downloads"
}

# Prints the packages of Debian and Ubuntu that are missing.
missing_apt() {
    command -v pkg-config >/dev/null 2>&1 || echo pkg-config
    pkg-config --exists 'libgit2 >= 1.5' 2>/dev/null || echo libgit2-dev
    pkg-config --exists sqlite3 2>/dev/null || echo libsqlite3-dev
    command -v python3 >/dev/null 2>&1 || echo python3
    [ -n "$tests" ] || return 0
    command -v pgrep >/dev/null 2>&1 || echo procps
    command -v bwrap >/dev/null 2>&1 || echo bubblewrap
    command -v ninja >/dev/null 2>&1 || echo ninja-build
    command -v cmake >/dev/null 2>&1 || echo cmake
    command -v meson >/dev/null 2>&1 || echo meson
    command -v strace >/dev/null 2>&1 || echo strace
    [ -x /usr/sbin/sshd ] || echo openssh-server
    [ -x /usr/sbin/nginx ] || echo nginx
    [ -x /usr/sbin/fcgiwrap ] || echo fcgiwrap
}

missing_brew() {
    command -v pkg-config >/dev/null 2>&1 || echo pkg-config
    pkg-config --exists 'libgit2 >= 1.5' 2>/dev/null || echo libgit2
    command -v python3 >/dev/null 2>&1 || echo python3
    [ -z "$tests" ] || command -v ninja >/dev/null 2>&1 || echo ninja
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

install_apt() {
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        fail "missing: $*" "as root, run: apt-get update && apt-get install $*"
    fi
    with=$([ "$(id -u)" -eq 0 ] || echo ", with sudo")
    echo "missing: $*. Installing with apt-get$with."
    # Lists that are old or were never fetched name files that are no longer there.
    as_root apt-get update -qq ||
        echo "warning: 'apt-get update' failed, going on with the lists that are here" >&2
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" ||
        fail "apt-get could not install: $*" "as root, run: apt-get install $*"
}

install_missing() {
    if [ "$(uname -s)" = Darwin ]; then
        missing=$(missing_brew | tr '\n' ' ')
    else
        missing=$(missing_apt | tr '\n' ' ')
    fi
    missing=${missing% }
    [ -n "$missing" ] || return 0
    [ -z "${UET_NO_INSTALL:-}" ] || fail "missing: $missing" "install them, or unset UET_NO_INSTALL"
    if [ "$(uname -s)" = Darwin ]; then
        command -v brew >/dev/null 2>&1 ||
            fail "missing: $missing" "install Homebrew from https://brew.sh, then run make again"
        echo "missing: $missing. Installing with Homebrew."
        # shellcheck disable=SC2086
        brew install $missing
        return
    fi
    command -v apt-get >/dev/null 2>&1 ||
        fail "missing, by the names of Debian: $missing" \
            "install these libraries with your system's package manager" \
            "Fedora: dnf install pkgconf-pkg-config libgit2-devel sqlite-devel"
    # shellcheck disable=SC2086
    install_apt $missing
    missing=$(missing_apt | tr '\n' ' ')
    [ -z "$missing" ] || fail "installed, but still not found: $missing" \
        "does PKG_CONFIG_PATH hide the system's folder?"
}

# The release after 1.9 has larger object ids under the same names; its development calls itself 1.9, too.
check_libgit2() {
    version=$(pkg-config --modversion libgit2)
    short=$(echo "$version" | sed 's/^\([0-9]*\.[0-9]*\).*/\1/')
    if ! at_least "$short" 1.5 || ! at_least 1.9 "$short"; then
        fail "libgit2 1.5 to 1.9 is needed, this is $version" \
            "name the folder of another one's 'libgit2.pc' in PKG_CONFIG_PATH"
    fi
    compiler=${CC:-cc}
    command -v "$compiler" >/dev/null 2>&1 || compiler=clang
    command -v "$compiler" >/dev/null 2>&1 || return 0
    # shellcheck disable=SC2046
    printf '%s\n' '#include <git2.h>' 'typedef char check[sizeof(git_oid) == 20 ? 1 : -1];' |
        "$compiler" -x c -fsyntax-only $(pkg-config --cflags libgit2) - 2>/dev/null ||
        fail "libgit2 $version has other object ids than 1.5 to 1.9 (it is built for SHA-256, or a newer one)" \
            "install one of these without SHA-256, or name the folder of its 'libgit2.pc' in PKG_CONFIG_PATH"
}

link_package() {
    source=$(cd "$(dirname "$0")/.." && pwd)
    mkdir -p "$1"
    for name in Package.swift Sources Tests; do
        ln -sfn "$source/$name" "$1/$name"
    done
}

tests=
if [ "${1:-}" = --tests ]; then
    tests=yes
    shift
fi
check_swift
check_git
install_missing
check_libgit2
[ $# -eq 0 ] || link_package "$1"
