#!/usr/bin/env python3
"""What an attempt costs that a job carries out, beside a bare sbatch script that does the same by git commands.

    Tests/Cluster/run python3 Tests/Benchmarks/Cluster/attempts.py GIT_UET [COUNT] [ROUNDS]

GIT_UET: the program. COUNT workstreams (60) write one file each, on the nodes of the Slurm that Tests/Cluster/slurm
started. The script clones with shared objects, claims a lease, commits, and pushes result and lease in one atomic push;
all of its jobs are one array, as is one of empty jobs. They are taken in turn, ROUNDS times (3); wall time from the start to the last result.
"""
import json, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

program = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 60
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3

SCRIPT = r"""#!/bin/bash
#SBATCH --array=0-%(last)d
#SBATCH --output=/dev/null
set -eu
export GIT_CONFIG_NOSYSTEM=1 HOME=$(mktemp -d)
git config --global user.name T; git config --global user.email t@e
stream=ws-$SLURM_ARRAY_TASK_ID lease=refs/uet/lease/bare/$SLURM_ARRAY_TASK_ID
token=$SLURM_JOB_ID.${SLURM_RESTART_COUNT:-0}
folder=$(mktemp -d); trap 'rm -rf $folder $HOME' EXIT; cd $folder
git clone -q --shared %(origin)s c && cd c && git checkout -q -b uet/bare/$stream
old=$(git ls-remote origin $lease | cut -f1)
claim=$(git commit-tree -m "lease $token" $(git mktree </dev/null))
git push -q --force-with-lease=$lease:$old origin $claim:$lease
echo $SLURM_ARRAY_TASK_ID > f$SLURM_ARRAY_TASK_ID
git add -A; git commit -qm "work of $stream"
result=$(git commit-tree -p $claim -m "exit 0" $(git mktree </dev/null))
git push -q --atomic --force-with-lease=$lease:$claim origin $result:$lease HEAD:refs/heads/uet/bare/$stream
"""


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def project(folder):
    path = folder / "project"
    bundles = path / "workstreams"
    bundles.mkdir(parents=True)
    run("git", "init", "-q", "-b", "main", cwd=path)
    for key, value in {
        "user.name": "T", "user.email": "t@e", "uet.tiers.mode": "off", "uet.sandbox.mode": "off",
        "uet.run.executor": "slurm", "uet.run.workers": str(count),
        "uet.executors.slurm.folder": str(folder / "nodes"), "uet.executors.slurm.poll": "1s",
    }.items():
        run("git", "config", key, value, cwd=path)
    for number in range(200):
        (path / f"file{number}.txt").write_text(f"{number}\n" * 100)
    (bundles / "all.json").write_text(json.dumps([
        {"id": f"ws-{n}", "tasks": ["write"], "tool": "shell", "files_scope": [f"f{n}"],
         "command": f"echo {n} > f{n}"} for n in range(count)]))
    run("git", "add", "-A", cwd=path)
    run("git", "commit", "-qm", "base", cwd=path)
    return path


def ours(path):
    begin = time.monotonic()
    run(program, "run", "--trust", cwd=path)
    return time.monotonic() - begin


def bare(path, folder):
    script = folder / "bare.sh"
    script.write_text(SCRIPT % {"last": count - 1, "origin": path})
    begin = time.monotonic()
    run("sbatch", str(script))
    while True:
        found = run("git", "for-each-ref", "refs/heads/uet/bare", cwd=path).count("\n")
        if found == count:
            return time.monotonic() - begin
        time.sleep(0.05)


def empty(folder):
    """The same array of jobs that only say that they were there: what Slurm itself takes."""
    script, seen = folder / "empty.sh", folder / "seen"
    seen.mkdir()
    script.write_text(
        f"#!/bin/bash\n#SBATCH --array=0-{count - 1}\n#SBATCH --output=/dev/null\n: > {seen}/$SLURM_ARRAY_TASK_ID\n")
    begin = time.monotonic()
    run("sbatch", str(script))
    while len(os.listdir(seen)) < count:
        time.sleep(0.05)
    return time.monotonic() - begin


def main():
    times = {"empty": [], "git-uet": [], "bare": []}
    for _ in range(rounds):
        folder = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("TMPDIR", "/tmp")))
        try:
            path = project(folder)
            times["empty"].append(empty(folder))
            times["bare"].append(bare(path, folder))
            times["git-uet"].append(ours(path))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    for name, values in times.items():
        print(f"{name}: median {statistics.median(values):.2f} s of {sorted(round(v, 2) for v in values)}")
    floor, own, other = (statistics.median(times[name]) for name in ("empty", "git-uet", "bare"))
    print(f"{count} attempts: {own / other:.2f} of the bare script, {(own - floor) / (other - floor):.2f} without what Slurm takes")


main()
