"""One program in one case: a repository, a run of git-uet, and what is on record beside what the model served."""
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter

import cases
from model import Model
from programs import programs
from steps import Tokens

# Dollars for a million tokens; the repository's own prices, so that no book has to hold the models.
PRICES = {"input": 3, "output": 7, "cache_read": 0.5, "cache_write_5m": 4, "cache_write_1h": 6}
NOWHERE = "http://127.0.0.1:9"
COUNTS = ("input", "cache_read", "cache_write", "cache_write_1h", "output", "reasoning")


def flat(event):
    return {**event.pop("data", {}), **event}


class Failed(Exception):
    """What is wrong, for the table."""


class Trial:
    def __init__(self, name, case, uet, agents):
        self.case, self.uet = case, uet
        self.folder = tempfile.mkdtemp(prefix=f"uet-agents-{name}-{case.name}-")
        self.home, self.repository = self.folder + "/home", self.folder + "/repository"
        style = programs("")[name].style
        self.model = Model(cases.script(case, self.folder, style), programs("")[name].main, style)
        self.program = programs(self.model.url)[name]
        self.path = f"{agents}/bin/{name}"
        self.deadline = time.monotonic() + self.program.limit
        # What a passing one says besides, for the table.
        self.remark = ""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process in self.processes():
            os.kill(process, signal.SIGKILL)
        self.model.close()
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def environment(self):
        return {
            "HOME": self.home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": self.folder + "/tmp",
            "GIT_CONFIG_NOSYSTEM": "1",
            # What reaches out is refused at once, where it would wait for names to be found.
            "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1,localhost",
            **self.program.environment}

    def run(self):
        """Raises Failed where what happened or was recorded is not what it has to be."""
        self.prepare()
        act = self.case.act
        process = self.start("run")
        if act.startswith("SIG") or act == "crash":
            self.wait(lambda: os.path.exists(self.folder + "/running"), "its command to run", process)
            if act == "crash":
                process.kill()
                self.finish(process)
                process = self.start("resume")
            else:
                os.kill(self.agent(), getattr(signal, act))
        if act == "wait":
            self.wait(lambda: "will be tried again" in self.words(), "another attempt", process)
            process.send_signal(signal.SIGINT)
        self.finish(process)
        self.check()

    def prepare(self):
        program, case = self.program, self.case
        os.makedirs(self.folder + "/tmp")
        for path, content in program.files.items():
            self.write(f"{self.home}/{path}", content)
        self.write(self.home + "/.gitconfig", "[user]\nname = A U Thor\nemail = author@example.com\n[uet]\ntrust = always\n")
        entry = [f"command: [{self.path}]", f"model: {program.model}", *case.tool]
        if not any(line.startswith("timeout") for line in entry):
            entry.append(f"timeout: {self.program.limit + 30}s")
        if program.arguments:
            entry.append(f"args: {json.dumps([word.format(folder=self.folder) for word in program.arguments])}")
        bundle = []
        if case.act == "turns":
            entry.append(program.limits["turns"])
        if case.act == "cost":
            bundle.append(program.limits["cost"])
        gate = "true"
        if case.act in ("resume", "gone"):
            bundle.append("test_gates: [{type: GATE_UNIT}]")
            gone = f"rm -rf {self.home}/{program.sessions}; " if case.act == "gone" else ""
            gate = f'[ "$UET_ATTEMPT" = 2 ] || {{ {gone}false; }}'
        self.write(self.repository + "/.uet/config.yaml", "\n".join([
            "version: 1", f"run: {{workers: 1, same_path: {os.environ.get('SAME_PATH', 'auto')}}}", "retry: {max_attempts: 2, initial: 0}" if gate != "true" else
            "retry: {max_attempts: 1}", f"gates: {{GATE_UNIT: {{command: [sh, -c, {json.dumps(gate)}]}}}}",
            f"tools: {{{program.name}: {{{', '.join(entry)}}}}}",
            f"sandbox: {{mode: {self.sandbox()}}}", ""]))
        prices = ", ".join(f"{key}: {value}" for key, value in PRICES.items())
        self.write(self.repository + "/.uet/prices.yaml", "book: trial\nprices:\n" + "".join(
            f"  - {{provider: {provider}, model: {program.main}, {prices}}}\n" for provider in ("anthropic", "openai")))
        self.write(self.repository + "/workstreams/ws-a.yaml", "\n".join([
            "id: ws-a", "tasks: [Append the line 'edited' to a.txt]", "files_scope: [a.txt]", f"tool: {program.name}",
            *bundle, ""]))
        self.write(self.repository + "/a.txt", "one\n")
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=start")

    def sandbox(self):
        """In one a gate cannot take sessions away, nor a command say outside that it runs."""
        open_cases = ("gone", "SIGTERM", "SIGKILL", "crash")
        return "off" if self.case.act in open_cases else os.environ.get("SANDBOX", "auto")

    def write(self, path, content):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(content)

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.repository, env=self.environment, check=True,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout

    def start(self, command):
        log = open(self.folder + "/output", "a")
        with log:
            return subprocess.Popen([self.uet, command], cwd=self.repository, env=self.environment,
                                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def finish(self, process):
        try:
            process.wait(max(1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"not over after {self.program.limit} s, {self.model.requests} requests") from None

    def wait(self, condition, what, process):
        while not condition():
            if process.poll() is not None or time.monotonic() > self.deadline:
                process.kill()
                process.wait()
                raise Failed(f"waited for {what}: {self.last_words()}")
            time.sleep(0.02)

    def words(self):
        with open(self.folder + "/output") as file:
            return file.read()

    def last_words(self):
        return " / ".join(self.words().strip().splitlines()[-3:])

    def processes(self):
        """Those that have our home folder: git-uet and all that it started."""
        mark, found = f"HOME={self.home}\0".encode(), []
        for path in glob.glob("/proc/[0-9]*/environ"):
            try:
                with open(path, "rb") as file:
                    if mark in file.read() + b"\0":
                        found.append(int(path.split("/")[2]))
            except OSError:
                continue
        return found

    def agent(self):
        """The program itself: the child of the supervisor."""
        ours = {process for process in self.processes() if self.read(process, "comm").startswith("uet-supervise")}
        # Some write over their own variables, so that they are not found by these.
        for path in glob.glob("/proc/[0-9]*"):
            process = int(path.split("/")[2])
            parent = self.read(process, "stat").rpartition(")")[2].split()[1:2]
            if parent and int(parent[0]) in ours:
                return process
        raise Failed("its process is not found")

    @staticmethod
    def read(process, name):
        try:
            with open(f"/proc/{process}/{name}") as file:
                return file.read()
        except OSError:
            return ""

    def check(self):
        self.wait_for_end_of_all()
        if self.model.faults:
            raise Failed(f"our model: {self.model.faults[0]}")
        self.events = [flat(json.loads(line)) for line in subprocess.run(
            [self.uet, "events", "--json"], cwd=self.repository, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=True).stdout.splitlines()]
        ends = [event for event in self.events if event["type"] in ("task_completed", "task_failed")]
        if not ends:
            raise Failed(f"no end is recorded: {self.last_words()}")
        # What waits for a provider may have begun again.
        wrong = cases.ending(self.case, ends[0 if self.case.act == "wait" else -1])
        if wrong:
            raise Failed(wrong)
        self.check_edit()
        self.check_usage()
        wrong = cases.calls(self.model.results, self.events) if self.case.act == "mcp" else ""
        if wrong:
            raise Failed(wrong)

    def wait_for_end_of_all(self):
        end = time.monotonic() + 3
        while left := self.processes():
            if time.monotonic() > end:
                raise Failed(f"left running: {', '.join(self.read(process, 'comm').strip() for process in left)}")
            time.sleep(0.05)

    def check_edit(self):
        if not self.case.edits or self.case.name in self.program.unedited:
            return
        places = self.git("for-each-ref", "--format=%(refname)", "refs/heads/uet", "refs/uet/salvage").split()
        if not any("edited" in self.git("show", f"{place}:a.txt") for place in places):
            raise Failed("its edit is kept nowhere")

    def check_usage(self):
        usage = [event for event in self.events if event["type"] == "usage_recorded"]
        recorded = [self.counted(event) for event in usage if self.total(self.counted(event))]
        served = [self.seen(tokens) for tokens in self.model.served]
        complete = all(event.get("complete", True) for event in usage)
        untold = self.program.untold.get(self.case.name, self.program.untold.get("*"))
        if self.case.name == "silent":
            untold = untold or ""
        told = f"recorded {self.text(recorded)} of {self.text(served)} served"
        if untold is None:
            if not complete:
                raise Failed(f"said to be incomplete: {told}")
            if self.sum(recorded) != self.sum(served):
                raise Failed(told)
            if sum(event.get("requests", 1) for event in usage) != len(served):
                raise Failed(f"counted {sum(event.get('requests', 1) for event in usage)} requests of {len(served)}")
        else:
            # Each that is told is one that was served, and it is said that there may be more.
            if Counter(recorded) - Counter(served):
                raise Failed(f"wrong: {told}")
            if served and complete:
                raise Failed(f"said to be complete: {told}")
            if untold == "asides" and self.sum(recorded) != self.sum(
                    [self.seen(tokens) for tokens in self.model.served if self.model.is_main(tokens.model)]):
                raise Failed(f"beside asides, {told}")
        if self.case.act in ("resume", "gone"):
            self.check_attempts(usage, served)
        cost = sum(self.price(tokens) for tokens in recorded)
        found = sum(event.get("cost_usd") or 0 for event in usage)
        if abs(cost - found) > 1e-9:
            raise Failed(f"priced at {found:.6f}, expected {cost:.6f}")

    def check_attempts(self, usage, served):
        """Two answers are each attempt's, and the second knows of the first, unless the session was taken away."""
        for number in (1, 2):
            recorded = [self.counted(event) for event in usage if event["attempt"] == number]
            if self.sum(recorded) != self.sum(served[2 * number - 2:2 * number]):
                raise Failed(f"attempt {number}: recorded {self.text(recorded)} of "
                             f"{self.text(served[2 * number - 2:2 * number])} served")
        sessions = {event.get("session") for event in usage}
        goes_on = self.case.act == "resume"
        if (self.model.turns[2] > 1) != goes_on or len(sessions) != (1 if goes_on else 2):
            raise Failed(f"the second attempt brought {self.model.turns[2]} turns, in {len(sessions)} sessions")

    def counted(self, event):
        written = event.get("cache_write_5m", 0) + event.get("cache_write_1h", 0)
        return (event.get("input", 0), event.get("cache_read", 0), written, event.get("cache_write_1h", 0),
                event.get("output", 0), event.get("reasoning", 0))

    def seen(self, tokens: Tokens):
        """An answer as the program can tell it."""
        apart, whole = self.program.apart, tokens.input
        read, written, long = tokens.cache_read, tokens.cache_write, tokens.cache_write_1h
        if "cache_read" not in apart:
            read, whole = 0, whole + read
        if "cache_write" not in apart:
            written, long, whole = 0, 0, whole + written
        reasoning = tokens.reasoning if "reasoning" in apart else 0
        return (whole, read, written, long, tokens.output, reasoning)

    @staticmethod
    def total(counts):
        return sum(counts)

    @staticmethod
    def sum(many):
        return tuple(map(sum, zip(*many))) if many else (0,) * len(COUNTS)

    def text(self, many):
        names = [f"{name} {count}" for name, count in zip(COUNTS, self.sum(many)) if count]
        return f"{len(many)} ({', '.join(names)})" if names else "nothing"

    @staticmethod
    def price(counts):
        whole, read, written, long, output, _ = counts
        return (whole * PRICES["input"] + read * PRICES["cache_read"] + (written - long) * PRICES["cache_write_5m"]
                + long * PRICES["cache_write_1h"] + output * PRICES["output"]) / 1e6
