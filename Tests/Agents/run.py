#!/usr/bin/env python3
"""Runs real agent programs through git-uet against a model of our own, and prints what came of it as a table.

    run.py UET AGENTS [PROGRAM|CASE...]

UET is the program under test, AGENTS the folder that scripts/agents.sh has filled. Names of programs and cases
choose among them. It runs in a network namespace of its own where the system allows one. Status 1: something failed.
SANDBOX and SAME_PATH are 'sandbox.mode' and 'run.same_path' of all trials.
KEEP=1 leaves the folders of all trials, which are named then.
"""
import concurrent.futures
import fcntl
import os
import socket
import struct
import subprocess
import sys
import time

# Nothing is written beside the sources.
sys.dont_write_bytecode = True

from cases import CASES
from programs import programs
from trial import Failed, Trial


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    uet, agents = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    chosen, known = sys.argv[3:], programs("")
    unknown = [name for name in chosen if name not in known and name not in {case.name for case in CASES}]
    if unknown:
        sys.exit(f"no program and no case: {', '.join(unknown)}")
    names = [name for name in known if name in chosen] or list(known)
    cases = [case for case in CASES if case.name in chosen] or CASES
    apart = isolate()
    print("network: " + ("a namespace of its own, loopback only" if apart
                         else "no namespace can be made here, so programs may reach out"))
    present = [name for name in names if os.access(f"{agents}/bin/{name}", os.X_OK)]
    for name in names:
        print(f"{name:10} {version(agents, name)}")
    results = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = {pool.submit(trial, name, case, uet, agents): (name, case.name) for name in present for case in cases}
        for future in concurrent.futures.as_completed(running):
            results[running[future]] = future.result()
            name, case = running[future]
            word, reason, seconds = future.result()
            print(f"{name:10} {case:7} {word:8} {seconds:5.1f} s  {reason}".rstrip(), flush=True)
    table(names, cases, results)
    sys.exit(any(word == "FAIL" for word, _, _ in results.values()))


def isolate():
    """Moves this process into a network namespace whose only way is loopback; False where that is not allowed."""
    if os.environ.get("UET_AGENTS_APART"):
        with socket.socket() as link:
            flags = struct.pack("16sh", b"lo", 1)
            fcntl.ioctl(link, 0x8914, flags)
        return True
    for options in (["--net"], ["--net", "--map-root-user"]):
        try:
            if subprocess.run(["unshare", *options, "true"], capture_output=True).returncode == 0:
                os.environ["UET_AGENTS_APART"] = "1"
                os.execvp("unshare", ["unshare", *options, sys.executable, *sys.argv])
        except OSError:
            return False
    return False


def version(agents, name):
    try:
        with open(f"{agents}/{name}/installed") as file:
            return file.read().strip()
    except OSError:
        pass
    try:
        with open(f"{agents}/{name}.skipped") as file:
            return "skipped: " + file.read().strip()
    except OSError:
        return "skipped: not installed"


def trial(name, case, uet, agents):
    """(word, reason, seconds)"""
    program = programs("")[name]
    if case.name in program.without:
        return "skipped", program.without[case.name], 0
    if case.act in ("turns", "cost") and case.act not in program.limits:
        return "skipped", f"it has no limit of {'turns' if case.act == 'turns' else 'money'}", 0
    if case.act in ("resume", "gone") and not program.sessions:
        return "skipped", "it takes up no session", 0
    if case.act == "mcp" and not program.mcp:
        return "skipped", "it is given no server of tools", 0
    start = time.monotonic()
    with Trial(name, case, uet, agents) as one:
        try:
            one.run()
            word, reason = "pass", one.remark
        except Failed as failure:
            word, reason = "FAIL", str(failure)
        except Exception as error:
            word, reason = "FAIL", f"{type(error).__name__}: {error}"
        if os.environ.get("KEEP"):
            reason += f" [{one.folder}]"
    return word, reason, time.monotonic() - start


def table(names, cases, results):
    print("\n" + " " * 10 + "".join(f"{case.name:>9}" for case in cases))
    for name in names:
        words = (results.get((name, case.name), ("skipped",))[0] for case in cases)
        print(f"{name:10}" + "".join(f"{'-' if word == 'skipped' else word:>9}" for word in words))


main()
