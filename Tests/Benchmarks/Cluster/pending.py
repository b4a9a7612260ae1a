#!/usr/bin/env python3
"""What a run costs whose attempts are jobs that all wait: memory and processor time of the process that drives it.

    [Tests/Cluster/run] python3 Tests/Benchmarks/Cluster/pending.py GIT_UET [COUNT] [SECONDS]

GIT_UET: the program. COUNT workstreams (10,000) are handed to a batch system of three commands that takes every job and starts none; by
Tests/Cluster/run to the Slurm that it starts, to begin tomorrow, beside one `sbatch` of an array of as many by itself. When all are there the process is watched for SECONDS (60). Printed: seconds until all were handed over, the share of a core that it takes
after that with the commands it calls, and the memory that is its own (RssAnon), in MB.
"""
import json, os, pathlib, shutil, signal, subprocess, sys, tempfile, time

slurm = "SLURM_CONF" in os.environ

program = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 60


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def project(folder):
    path, jobs = folder / "project", folder / "jobs"
    (path / "workstreams").mkdir(parents=True)
    jobs.write_text("")
    (path / ".uet").mkdir()
    own = {"slurm": {"options": ["--begin=now+1day"]}} if slurm else {"line": {
        "submit": f"echo {{name}} >>{jobs}; echo {{name}}",
        "status": f"sed 's/$/ w/' {jobs}", "cancel": "true", "idle": f"echo {count}",
        "columns": {"id": 1, "state": 2, "name": 1}, "states": {"w": "waiting"}}}
    (path / ".uet" / "config.yaml").write_text(json.dumps({
        "version": 1, "executors": own,
        "run": {"executor": next(iter(own)), **({"workers": count} if slurm else {"workers": "auto", "max_workers": count})}}))
    run("git", "init", "-q", "-b", "main", cwd=path)
    for key, value in {"user.name": "T", "user.email": "t@e", "uet.tiers.mode": "off", "uet.sandbox.mode": "off"}.items():
        run("git", "config", key, value, cwd=path)
    (path / "workstreams" / "all.json").write_text(json.dumps([
        {"id": f"ws-{n}", "tasks": ["write"], "tool": "shell", "files_scope": [f"f{n}"], "command": "true"}
        for n in range(count)]))
    run("git", "add", "-A", cwd=path)
    run("git", "commit", "-qm", "base", cwd=path)
    return path, jobs


def taken(pid):
    """Seconds of processor time, those of ended children included, and bytes of memory of its own."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = sum(int(fields[place]) for place in (11, 12, 13, 14))
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))
    return ticks / os.sysconf("SC_CLK_TCK"), memory * 1024


def waiting():
    if slurm:
        return run("squeue", "-h", "-r", "-o", "%i").count("\n")
    return len(jobs.read_text().splitlines())


folder = pathlib.Path(tempfile.mkdtemp(prefix="uet-pending."))
path, jobs = project(folder)
if slurm:
    start = time.monotonic()
    run("sbatch", "--begin=now+1day", f"--array=0-{min(count, 1000) - 1}", "--output=/dev/null", "--wrap=true")
    print(f"sbatch of an array of {min(count, 1000)}: {time.monotonic() - start:.3f} s")
    run("scancel", "--full", f"--user={os.getuid()}")
    while waiting():
        time.sleep(0.1)
start = time.monotonic()
process = subprocess.Popen([program, "run", "--trust"], cwd=path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    while waiting() < count:
        if process.poll() is not None:
            sys.exit(f"pending: the run ended with status {process.returncode}")
        if time.monotonic() - start > 1200:
            sys.exit(f"pending: only {waiting()} jobs after 20 minutes")
        time.sleep(0.2)
    handed = time.monotonic() - start
    print(f"{count} jobs handed over after {handed:.1f} s, {taken(process.pid)[0]:.1f} s of processor time", flush=True)
    # What follows from the last of them is done.
    time.sleep(10)
    before, begin = taken(process.pid)[0], time.monotonic()
    time.sleep(seconds)
    after, memory = taken(process.pid)
    share = (after - before) / (time.monotonic() - begin)
    print(f"then {share * 100:.2f} % of a core and {memory / 1e6:.0f} MB")
finally:
    process.send_signal(signal.SIGKILL)
    process.wait()
    if slurm:
        run("scancel", "--full", f"--user={os.getuid()}")
    shutil.rmtree(folder, ignore_errors=True)
