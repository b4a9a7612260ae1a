#!/usr/bin/env python3
"""Measures the dashboard: dashboard.py PROGRAM FILLER [WORKSTREAMS EVENTS]

PROGRAM is git-uet-dashboard, FILLER ledger-benchmark, which makes the record and adds to it. Each figure is printed
beside its goal. All requests go to this machine, and end by themselves.
"""

import pathlib
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Dashboard"))

from http_checks import large, tell  # noqa: E402
from scene import Scene, Served, Stream, until  # noqa: E402


def memory(process, name):
    for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return 0


def timed(served, path):
    start = time.perf_counter()
    status, _, text = served.ask(path)
    assert status == 200, status
    return (time.perf_counter() - start) * 1000, len(text)


def main(program, filler, workstreams="2000", events="100000"):
    with tempfile.TemporaryDirectory() as folder:
        for path in (program, filler):
            target = pathlib.Path(path).resolve()
            (pathlib.Path(folder) / target.name).symlink_to(target)
        scene = Scene(folder)
        try:
            scene.commit({"a.txt": "a"})
            child = large(scene, int(workstreams), int(events))
            run = scene.git("for-each-ref", "--format=%(refname)", "refs/uet/runs").split("/")[3]
            print(f"{workstreams} workstreams, {events} events")
            begin = time.perf_counter()
            served = Served(scene)
            print(f"start, up to the address: {(time.perf_counter() - begin) * 1000:.0f} ms")
            served.enter()
            took, size = timed(served, f"/runs/{run}")
            print(f"first page, no cache of the record before: {took:.0f} ms, {size} bytes")
            until("all that is read at the start", lambda: "When each phase" in served.ask(f"/runs/{run}")[2], 120)
            pages = [timed(served, f"/runs/{run}") for _ in range(30)]
            print(f"the same page later, with pictures: {statistics.median(p[0] for p in pages):.1f} ms, {pages[0][1]} bytes")
            print(f"memory then: {memory(served.child.pid, 'VmRSS'):.0f} MiB, {memory(served.child.pid, 'VmHWM'):.0f} at most")
            served.kill()
            served = Served(scene)
            served.enter()
            took, size = timed(served, f"/runs/{run}")
            print(f"first page of a new process: {took:.0f} ms, {size} bytes (goal: 150 ms)")
            until("all that is read at the start", lambda: "When each phase" in served.ask(f"/runs/{run}")[2], 120)
            streams = [Stream(served, f"/runs/{run}/news") for _ in range(50)]
            times = []
            for number in range(30):
                start = time.perf_counter()
                tell(child, f"reason {number}.")
                for stream in streams:
                    stream.find(f"reason {number}.")
                times.append((time.perf_counter() - start) * 1000)
            for _ in range(50):
                timed(served, f"/runs/{run}")
            print(f"an event at all of 50 clients: {statistics.median(times):.0f} ms, {max(times):.0f} at most (goal: 200 ms)")
            print(f"memory with 50 clients: {memory(served.child.pid, 'VmRSS'):.0f} MiB, "
                  f"{memory(served.child.pid, 'VmHWM'):.0f} at most (goal: 80 MB)")
            for stream in streams:
                stream.close()
        finally:
            scene.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
