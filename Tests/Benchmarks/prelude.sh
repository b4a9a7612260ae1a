# What the measuring scripts begin with: a scratch folder $place that goes at the end, and a git without
# the user's settings.
place=$(mktemp -d "${TMPDIR:-/tmp}/uet-bench-XXXXXX")
trap 'rm -rf "$place"' EXIT
export HOME=$place/home GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE
mkdir -p "$HOME"
git config --global user.name Bench
git config --global user.email bench@example.com
git config --global init.defaultBranch main
git config --global uet.trust always
git config --global uet.sandbox.mode off
git config --global uet.tiers.mode off
