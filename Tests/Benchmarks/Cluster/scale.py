#!/usr/bin/env python3
"""How many nodes one orchestrator and one host keep at work: a simulation with costs that were measured.

    python3 Tests/Benchmarks/Cluster/scale.py [SEED]

Jobs of some minutes are handed over as soon as a node is free, for a day. Each is a claim, a sign of life now and then, a result and
a removal, all of which the place where they meet takes one after the other; the orchestrator writes its order, looks at its result and
records it, one after the other as well, and looks at all jobs each 30 s. A node that waits for its claim, for its result to be taken or for its
next job does nothing. Printed, for each case: how many workstreams a day come to an end, how much of the time nodes work, how busy
orchestrator, host and batch system are, and how long the host lets a push wait (95th percentile).
"""
import heapq, itertools, random, sys

seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
DAY = 86_400.0

# Seconds of one thing, measured on two cores (docs/performance.md).
ORCHESTRATOR = {"order": 0.002, "result": 0.0045, "look of a job": 0.000035}
NODE = 0.05
HOST = {"lent": 0.003, "path": 0.015, "network": 0.1}
BATCH = {"array": 0.000007, "single": 0.002}


class Server:
    """Takes one thing after the other."""

    def __init__(self):
        self.free, self.busy, self.waits = 0.0, 0.0, []

    def take(self, now, cost):
        start = max(now, self.free)
        self.free = start + cost
        self.busy += cost
        self.waits.append(start - now)
        return self.free


def day(nodes, minutes, host, batch="array", heartbeat=30.0):
    chance = random.Random(seed)
    orchestrator, place, system = Server(), Server(), Server()
    order, events, worked, ended = itertools.count(), [], 0.0, 0

    def at(time, what, *rest):
        heapq.heappush(events, (time, next(order), what, rest))

    # They do not all begin in the same moment.
    for _ in range(nodes):
        at(chance.uniform(0, 60 * minutes), "free")
    at(0, "look")
    while events:
        now, _, what, rest = heapq.heappop(events)
        if now > DAY:
            break
        if what == "look":
            orchestrator.take(now, ORCHESTRATOR["look of a job"] * nodes)
            at(now + 30, "look")
        elif what == "free":
            at(orchestrator.take(now, ORCHESTRATOR["order"]), "submit")
        elif what == "submit":
            at(place.take(now, host), "begin")
        elif what == "begin":
            at(place.take(system.take(now, BATCH[batch]) + NODE, host), "work")
        elif what == "work":
            length = chance.lognormvariate(0, 0.6) * 60 * minutes / 1.197  # the mean is as given
            at(now + length, "end", length)
            if heartbeat < length:
                at(now + heartbeat, "sign", now + length)
        elif what == "sign":
            place.take(now, host)
            if now + heartbeat < rest[0]:
                at(now + heartbeat, "sign", rest[0])
        elif what == "end":
            worked += rest[0]
            at(place.take(now, host), "brought")
            # Its worker is free when the result is judged and recorded.
        elif what == "brought":
            ended += 1
            at(orchestrator.take(now, ORCHESTRATOR["result"]), "free")
            place.take(now, host)
    waits = sorted(place.waits)
    return {
        "a day": ended, "work": worked / (nodes * DAY), "orchestrator": orchestrator.busy / DAY,
        "host": min(1, place.busy / DAY), "batch": system.busy / DAY, "wait": waits[int(len(waits) * 0.95)]}


def show(title, **case):
    found = day(**case)
    print(f"{title:<58}{found['a day']:>9,}{found['work']:>8.1%}{found['orchestrator']:>8.1%}{found['host']:>8.1%}"
          f"{found['batch']:>8.2%}{found['wait'] * 1000:>10,.0f} ms", flush=True)


print(f"seed {seed}")
print(f"{'':<58}{'a day':>9}{'nodes':>8}{'orch.':>8}{'host':>8}{'batch':>8}{'wait':>13}")
show("200 nodes, 29 min, objects lent", nodes=200, minutes=29, host=HOST["lent"])
show("200 nodes, 29 min, a push of 15 ms", nodes=200, minutes=29, host=HOST["path"])
show("200 nodes, 29 min, a push of 100 ms", nodes=200, minutes=29, host=HOST["network"])
show("200 nodes, 29 min, 100 ms, heartbeat 2m", nodes=200, minutes=29, host=HOST["network"], heartbeat=120.0)
show("200 nodes, 29 min, 15 ms, no two jobs alike", nodes=200, minutes=29, host=HOST["path"], batch="single")
show("1,000 nodes, 29 min, objects lent", nodes=1000, minutes=29, host=HOST["lent"])
show("1,000 nodes, 29 min, a push of 15 ms", nodes=1000, minutes=29, host=HOST["path"])
show("2,000 nodes, 29 min, a push of 15 ms", nodes=2000, minutes=29, host=HOST["path"])
show("2,000 nodes, 29 min, 15 ms, heartbeat 2m", nodes=2000, minutes=29, host=HOST["path"], heartbeat=120.0)
show("5,000 nodes, 29 min, objects lent", nodes=5000, minutes=29, host=HOST["lent"])
show("200 nodes, 1 min, objects lent", nodes=200, minutes=1, host=HOST["lent"])
show("200 nodes, 1 min, a push of 15 ms", nodes=200, minutes=1, host=HOST["path"])
show("200 nodes, 10 s, objects lent", nodes=200, minutes=1 / 6, host=HOST["lent"])
show("200 nodes, 1 s, objects lent", nodes=200, minutes=1 / 60, host=HOST["lent"])
