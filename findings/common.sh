# Sourced by each finding: a temp folder in $work, pinned packages in it, and what was seen against what is seen.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work/home" GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
mkdir "$HOME"

# pypi PACKAGE==VERSION...: a virtual environment with them; $python is its interpreter.
pypi() {
    python3 -m venv "$work/venv"
    python=$work/venv/bin/python
    "$python" -m pip --quiet --disable-pip-version-check install "$@"
}

# debian PACKAGE=VERSION...: unpacked below $work/debian, nothing is installed. Programs are found there first.
debian() {
    mkdir -p "$work/packages" "$work/debian"
    (cd "$work/packages" && apt-get download --quiet "$@" >/dev/null 2>&1) || {
        echo "skipped: $* cannot be had here" >&2
        exit 77
    }
    for package in "$work"/packages/*.deb; do dpkg-deb -x "$package" "$work/debian"; done
    PATH=$work/debian/usr/bin:$PATH
    export PATH
}

# debian_git: the pinned git, with its own helpers and templates.
debian_git() {
    debian git=1:2.39.5-0+deb12u3
    GIT_EXEC_PATH=$work/debian/usr/lib/git-core GIT_TEMPLATE_DIR=$work/debian/usr/share/git-core/templates
    export GIT_EXEC_PATH GIT_TEMPLATE_DIR
    git config --global user.name "A U Thor"
    git config --global user.email author@example.com
    git config --global init.defaultBranch main
    git --version
}

# seen WHAT EXPECTED FOUND: says it, and fails where it is something else by now.
seen() {
    printf '%s: %s\n' "$1" "$3"
    [ "$2" = "$3" ] || {
        printf 'changed: expected %s\n' "$2" >&2
        exit 1
    }
}
