#!/usr/bin/env python3
"""Reads and checks a run's ledger with nothing but git: read_ledger.py REPOSITORY [RUN] [WRITER]

Prints the events, one JSON line each, or the runs where none is named. Exit status 1: the chain is
damaged; the first bad commit is named. The format is explained in ledger.md.
"""
import hashlib, json, re, subprocess, sys


class Repository:
    def __init__(self, path):
        self.git = ["git", "-C", path]
        self.batch = subprocess.Popen(
            self.git + ["cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, name):
        """The content of an object, or None where there is none of that name."""
        self.batch.stdin.write(name.encode() + b"\n")
        self.batch.stdin.flush()
        head = self.batch.stdout.readline().split()
        if head[-1] in (b"missing", b"ambiguous"):
            return None
        return self.batch.stdout.read(int(head[2]) + 1)[:-1]

    def chains(self):
        listed = subprocess.check_output(
            self.git + ["for-each-ref", "--format=%(refname)", "refs/uet/runs/"], text=True)
        return [name.split("/")[3:] for name in listed.split()]


def commits(repository, run, writer):
    """The chain's commits, oldest first: (id, first parent, trailers)."""
    tip = ["rev-parse", "--verify", f"refs/uet/runs/{run}/{writer}"]
    name, chain = subprocess.check_output(repository.git + tip, text=True).strip(), []
    while name:
        commit = repository.read(name)
        if commit is None:
            raise ValueError(f"{name}: the commit is missing")
        head, message = commit.decode().split("\n\n", 1)
        trailers = dict(re.findall(r"^(UET-[A-Za-z]+): (.*)$", message, re.M))
        is_root = trailers["UET-Epoch"] == "1" and "UET-Claim" not in trailers
        parents = re.findall(r"^parent ([0-9a-f]{40})$", head, re.M)
        chain.append((name, trailers))
        name = None if is_root else parents[0]  # further parents only keep commits alive
    return reversed(chain)


def events(repository, run, writer):
    sequence = 0
    for commit, trailers in commits(repository, run, writer):
        first, last = map(int, trailers.get("UET-Events", f"{sequence + 1}-{sequence}").split("-"))
        lines = (repository.read(commit + ":events.jsonl") or b"").splitlines()
        if first != sequence + 1 or len(lines) != last - first + 1:
            raise ValueError(f"{commit}: its events are not {first}-{last}")
        for line in lines:
            sequence += 1
            event = json.loads(line)
            bare = re.sub(rb'"id":"[0-9a-f]{40}",', b"", line, count=1)
            if event["id"] != hashlib.sha1(b"blob %d\0" % len(bare) + bare).hexdigest():
                raise ValueError(f"{commit}: event {sequence} is not what its id says")
            if event["seq"] != sequence or event["writer"] != writer:
                raise ValueError(f"{commit}: event {sequence} is out of place")
            yield line.decode()


if __name__ == "__main__":
    repository, run, writer = Repository(sys.argv[1]), *(sys.argv[2:] + [None, None])[:2]
    if run is None:
        print("\n".join(" ".join(chain) for chain in repository.chains()))
        sys.exit()
    try:
        for line in events(repository, run, writer or "main"):
            print(line)
    except (ValueError, KeyError) as error:
        sys.exit(f"damaged: {error}")
