#!/usr/bin/env python3
"""Reads and checks a run's ledger with nothing but git: read_ledger.py REPOSITORY [RUN] [WRITER]

Prints the events, one JSON line each, or the runs where none is named. Exit status 1: the chain is
damaged; the first bad commit is named. The format is explained in ledger.md.
"""
import hashlib, json, re, subprocess, sys
path, run, writer = (sys.argv[1:] + [None, None])[:3]
git = ["git", "-C", path]
batch = subprocess.Popen(git + ["cat-file", "--batch"], stdin=-1, stdout=-1)  # -1: a pipe

def read(name):
    """The content of an object, or None where there is none of that name."""
    batch.stdin.write(name.encode() + b"\n")
    batch.stdin.flush()
    head = batch.stdout.readline().split()
    if head[-1] in (b"missing", b"ambiguous"):
        return None
    return batch.stdout.read(int(head[2]) + 1)[:-1]

def commits(name):
    """The chain's commits, oldest first: (id, trailers)."""
    chain = []
    while name:
        commit = read(name)
        if commit is None:
            raise ValueError(f"{name}: the commit is missing")
        head, message = commit.decode().split("\n\n", 1)
        trailers = dict(re.findall(r"^(UET-[A-Za-z]+): (.*)$", message, re.M))
        is_root = trailers["UET-Epoch"] == "1" and "UET-Claim" not in trailers
        parents = re.findall(r"^parent ([0-9a-f]{40})$", head, re.M)
        chain.append((name, trailers))
        name = None if is_root else parents[0]  # further parents only keep commits alive
    return reversed(chain)

def events(writer, tip):
    sequence = 0
    for commit, trailers in commits(tip):
        first, last = map(int, trailers.get("UET-Events", f"{sequence + 1}-{sequence}").split("-"))
        lines = (read(commit + ":events.jsonl") or b"").splitlines()
        if first != sequence + 1 or len(lines) != last - first + 1:
            raise ValueError(f"{commit}: its events are not {first}-{last}")
        for sequence, line in enumerate(lines, first):
            event = json.loads(line)
            bare = re.sub(rb'"id":"[0-9a-f]{40}",', b"", line, count=1)
            if event["id"] != hashlib.sha1(b"blob %d\0" % len(bare) + bare).hexdigest():
                raise ValueError(f"{commit}: event {sequence} is not what its id says")
            if event["seq"] != sequence or event["writer"] != writer:
                raise ValueError(f"{commit}: event {sequence} is out of place")
            print(line.decode())

listed = git + ["for-each-ref", "--format=%(refname) %(objectname)", "refs/uet/runs/"]
refs = map(str.split, subprocess.check_output(listed, text=True).splitlines())
chains = {tuple(name.split("/")[3:]): tip for name, tip in refs}
chain = (run, writer or "main")
if run is None: print("\n".join(map(" ".join, chains)))
elif chain not in chains: sys.exit("there is no such run")
else:
    try: events(chain[1], chains[chain])
    except (ValueError, KeyError) as error: sys.exit(f"damaged: {error}")
