#!/usr/bin/env python3
"""Long runs of the real program in one repository, and what they leave behind.

soak.py history [--runs 20] [--size 500] [--seed 1]
    run, integrate, roll one back, and gc, again and again; a row of figures after each round.
soak.py kills [--kills 1000] [--size 20] [--seed 1]
    run and integrate, with SIGKILL at random moments, then resume, until all is landed.

Both take --program (default: git-uet of PATH), --limit SECONDS for starting further rounds, and
--keep. The repository is made below TMPDIR. The seed is printed. Exits with 1 where a check fails.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

COMMAND_LIMIT = 600

CONFIG = """version: 1
gates:
  GATE_CHEAP: {command: [sh, -c, "! ls out | grep -q bad"], timeout: 1m}
integration: {gates: [GATE_CHEAP]}
"""


class Scene:
    def __init__(self, place, program):
        self.program = program
        self.path = os.path.join(place, "repository")
        self.bundles = os.path.join(self.path, "workstreams")
        home = os.path.join(place, "home")
        os.makedirs(home)
        self.environment = dict(os.environ, HOME=home, GIT_CONFIG_NOSYSTEM="1")
        for name in ("GIT_DIR", "GIT_WORK_TREE"):
            self.environment.pop(name, None)
        self.faults = []
        self.git("init", "--quiet", "--initial-branch=main", self.path, at=place)
        for key, value in (
            ("user.name", "Soak"), ("user.email", "soak@example.com"), ("uet.trust", "always"),
            ("uet.sandbox.mode", "off"), ("uet.tiers.mode", "off"), ("gc.autoDetach", "false"),
        ):
            self.git("config", "--global", key, value)
        os.makedirs(os.path.join(self.path, ".uet"))
        os.makedirs(os.path.join(self.path, "out"))
        self.write(".uet/config.yaml", CONFIG)
        self.write(".gitignore", "/workstreams/\n")
        self.write("out/start", "start\n")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=start")
        self.git("branch", "release")

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
            file.write(text)

    def git(self, *arguments, at=None):
        return subprocess.run(
            ["git", *arguments], cwd=at or self.path, env=self.environment, check=True,
            stdout=subprocess.PIPE, text=True).stdout

    def expect(self, truth, text):
        if not truth:
            self.faults.append(text)
            print("FAULT:", text, flush=True)

    def make_bundles(self, number, count, kind):
        """`kind(i)` is ok, fail (its command fails) or bad (its gate is red)."""
        shutil.rmtree(self.bundles, ignore_errors=True)
        os.makedirs(self.bundles)
        for i in range(count):
            is_bad = kind(i) == "bad"
            name = f"out/{'bad' if is_bad else 'r'}{number}-{i}"
            command = "exit 1" if kind(i) == "fail" else f"echo line >> {name}"
            self.write(
                f"workstreams/ws-{number}-{i}.yaml",
                f"id: ws-{number}-{i}\ntasks: [add a line]\ntool: shell\n"
                f"files_scope: [{name}]\ncommand: [sh, -c, \"{command}\"]\n")

    def start(self, *arguments):
        log = open(os.path.join(self.path, "..", "log"), "ab")
        with log:
            return subprocess.Popen(
                [self.program, *arguments], cwd=self.path, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)

    def measured(self, *arguments):
        """Runs to the end; seconds, peak of memory in MiB, most descriptors, exit code."""
        start = time.monotonic()
        process = self.start(*arguments)
        memory = descriptors = 0
        while True:
            memory = max(memory, peak_memory(process.pid))
            descriptors = max(descriptors, count_entries(f"/proc/{process.pid}/fd"))
            try:
                code = process.wait(timeout=0.05)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() - start > COMMAND_LIMIT:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                    raise SystemExit(f"{arguments}: not done after {COMMAND_LIMIT} s") from None
        return time.monotonic() - start, memory, descriptors, code

    def asked(self, *arguments):
        done = subprocess.run(
            [self.program, *arguments], cwd=self.path, env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=COMMAND_LIMIT)
        return done.returncode, done.stdout or done.stderr

    def states(self):
        """The state of each workstream of the newest run."""
        code, text = self.asked("status", "--json")
        self.expect(code == 0, f"status ended with {code}: {text[-300:]}")
        return {one["id"]: one["state"] for one in json.loads(text)["workstreams"]}

    def known(self, number):
        """The state of this round's run; nothing where its program was killed before it was recorded."""
        code, text = self.asked("status", "--json")
        if code != 0:
            return None
        run = json.loads(text)
        is_ours = any(one["id"].startswith(f"ws-{number}-") for one in run.get("workstreams", []))
        return run["status"] if is_ours else None

    def landed(self):
        """The files of the branch with their contents' number of lines."""
        lines = self.git("ls-tree", "-r", "-l", "release", "out/").splitlines()
        return {line.split("\t")[1]: int(line.split()[3]) // len("line\n") for line in lines}

    def disk(self, name):
        return int(subprocess.run(
            ["du", "-sk", os.path.join(self.path, name)], stdout=subprocess.PIPE, text=True,
            check=False).stdout.split()[0]) // 1024

    def figures(self):
        objects = dict(line.split(": ") for line in self.git("count-objects", "-v").splitlines())
        return {
            ".git MiB": self.disk(".git"), ".git/uet MiB": self.disk(".git/uet"),
            "refs": len(self.git("for-each-ref").splitlines()),
            "packs": int(objects["packs"]), "loose": int(objects["count"]),
            "worktrees": len(self.git("worktree", "list").splitlines()),
            "status ms": self.milliseconds("status"), "runs ms": self.milliseconds("runs"),
        }

    def milliseconds(self, command):
        times = []
        for _ in range(3):
            start = time.monotonic()
            self.asked(command)
            times.append(time.monotonic() - start)
        return round(1000 * sorted(times)[1])

    def check_repository(self):
        code, text = self.asked("verify")
        self.expect(code == 0, f"verify ended with {code}: {text[-500:]}")
        fsck = subprocess.run(
            ["git", "fsck", "--full", "--no-dangling"], cwd=self.path, env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.expect(fsck.returncode == 0, f"fsck ended with {fsck.returncode}: {fsck.stdout[-500:]}")


def peak_memory(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return max((int(l.split()[1]) // 1024 for l in file if l.startswith("VmHWM")), default=0)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def count_entries(path):
    try:
        return len(os.listdir(path))
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return 0


def history(scene, options, deadline):
    expected = set()
    rows = []
    for number in range(1, options.runs + 1):
        if time.monotonic() > deadline:
            print(f"limit: {number - 1} rounds of {options.runs}")
            break
        kinds = [random.choices(["ok", "fail", "bad"], [98, 1, 1])[0] for _ in range(options.size)]
        scene.make_bundles(number, options.size, lambda i, kinds=kinds: kinds[i])
        run = scene.measured("run", "--base", "release", "--workers", str(options.workers))
        landing = scene.measured("integrate", "--land", "release")
        states = scene.states()
        tally = {}
        for i, kind in enumerate(kinds):
            key = (kind, states.get(f"ws-{number}-{i}", "missing"))
            tally[key] = tally.get(key, 0) + 1
        good = {f"out/r{number}-{i}" for i, kind in enumerate(kinds) if kind == "ok"}
        taken = random.choice([i for i, kind in enumerate(kinds) if kind == "ok"])
        back = scene.measured("rollback", f"ws-{number}-{taken}", "--reason", "soak")
        scene.expect(back[3] == 0, f"rollback of ws-{number}-{taken} ended with {back[3]}")
        expected |= good - {f"out/r{number}-{taken}"}
        age = ["--older-than", "0h", "--unlanded"] if number % options.archive == 0 else []
        collected = scene.measured("gc", *age)
        scene.expect(collected[3] == 0, f"gc ended with {collected[3]}")
        if options.git_gc and number % options.git_gc == 0:
            scene.git("gc", "--quiet")
        row = {
            "round": number, "run s": round(run[0], 1), "integrate s": round(landing[0], 1),
            "gc s": round(collected[0], 1), "run MiB": run[1], "integrate MiB": landing[1],
            "gc MiB": collected[1], "run fds": run[2], "integrate fds": landing[2],
            **scene.figures(), "exits": [run[3], landing[3]],
            "states": {" ".join(key): value for key, value in sorted(tally.items())},
        }
        rows.append(row)
        print(json.dumps(row), flush=True)
    found = {name for name in scene.landed() if name != "out/start"}
    scene.expect(found == expected, f"landed: {len(found - expected)} too many, {len(expected - found)} lost")
    names = scene.git("for-each-ref", "--format=%(refname)").splitlines()
    groups = {}
    for name in names:
        group = "/".join(name.split("/")[:3])
        groups[group] = groups.get(group, 0) + 1
    print("refs at the end:", groups)
    if not rows:
        return
    last = rows[-1]
    print("\n| figure | after the first round | after the last |\n|---|---|---|")
    for key in last:
        if key not in ("exits", "states"):
            print(f"| {key} | {rows[0][key]} | {last[key]} |")
    scene.git("gc", "--quiet")
    print("after git gc:", scene.figures())


def kills(scene, options, deadline):
    done = killed = groups = rounds = 0
    while killed < options.kills and time.monotonic() < deadline:
        rounds += 1
        scene.make_bundles(rounds, options.size, lambda i: "ok")
        head = scene.git("rev-parse", "release").strip()
        verbs = [["run", "--base", head, "--workers", str(options.workers)], ["integrate", "--land", "release"]]
        for first in verbs:
            arguments, code = first, None
            for _ in range(random.randint(3, 12)):
                process = scene.start(*arguments)
                try:
                    code = process.wait(timeout=random.expovariate(1 / options.mean))
                    break
                except subprocess.TimeoutExpired:
                    is_group = random.random() < 0.2
                    (os.killpg if is_group else os.kill)(process.pid, signal.SIGKILL)
                    process.wait()
                    killed += 1
                    groups += is_group
                if first[0] == "run" and (state := scene.known(rounds)):
                    arguments = ["resume"]
                    if state == "SUCCEEDED":  # killed behind its end: there is nothing to resume
                        code = 0
                        break
            if code != 0:
                code = scene.measured(*arguments)[3]
            scene.expect(code == 0, f"round {rounds}: {arguments[0]} ended with {code}")
        states = scene.states()
        landed = scene.landed()
        for i in range(options.size):
            lines = landed.get(f"out/r{rounds}-{i}", 0)
            scene.expect(lines == 1, f"ws-{rounds}-{i} landed {lines} times, {states.get(f'ws-{rounds}-{i}')}")
            done += lines == 1
        count = int(scene.git("rev-list", "--count", "--no-merges", f"{head}..release"))
        scene.expect(count == options.size, f"round {rounds}: {count} commits for {options.size}")
        if rounds % 10 == 0:
            print(f"{rounds} rounds, {killed} kills, {done} landed", flush=True)
    print(f"{killed} kills ({groups} of the process group) in {rounds} rounds; {done} landed once")
    scene.asked("clean")
    left = [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("git-uet-")]
    print(f"{len(left)} scratch folders git-uet-* in {tempfile.gettempdir()}")
    print(scene.figures())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("mode", choices=["history", "kills"])
    parser.add_argument("--program", default=shutil.which("git-uet"))
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--size", type=int)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--git-gc", type=int, default=0, help="git gc after so many rounds; 0: never")
    parser.add_argument("--mean", type=float, default=0.08, help="mean seconds up to a kill")
    parser.add_argument("--archive", type=int, default=5, help="archive all runs after so many rounds")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=7200)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    options.size = options.size or {"history": 500, "kills": 20}[options.mode]
    random.seed(options.seed)
    print(f"{options.mode}: seed {options.seed}, {options.size} workstreams a round", flush=True)
    place = tempfile.mkdtemp(prefix="uet-soak-")
    scene = Scene(place, os.path.abspath(options.program))
    try:
        {"history": history, "kills": kills}[options.mode](
            scene, options, time.monotonic() + options.limit)
        scene.check_repository()
    finally:
        if options.keep or scene.faults:
            print("kept:", place)
        else:
            shutil.rmtree(place, ignore_errors=True)
    print(f"faults: {len(scene.faults)}")
    return 1 if scene.faults else 0


if __name__ == "__main__":
    sys.exit(main())
