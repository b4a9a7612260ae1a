"""What the real program answers by HTTP."""

import datetime
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

from scene import HOSTILE, Scene, Served, Stream, bundle, json_text, shop, until, CONFIGURATION

CHECKS = []


def check(body):
    def with_scene(programs):
        scene = Scene(programs)
        try:
            body(scene)
        finally:
            scene.close()
    with_scene.__name__ = body.__name__
    CHECKS.append(with_scene)
    return with_scene


def form(served, page, deed, **more):
    """Sends the form of a page that asks for a deed, as a browser does."""
    text = served.ask(page)[2]
    seal = re.search(r'name="seal" value="([0-9a-f]{64})"', text)
    fields = {"seal": seal[1] if seal else "", "deed": deed, "back": page, **more}
    run = re.search(r"/runs/([0-9a-f-]{20})", page)[1]
    return served.ask(f"/runs/{run}/act", "POST", {
        "Origin": f"http://127.0.0.1:{served.port}", "Content-Type": "application/x-www-form-urlencoded",
    }, urllib.parse.urlencode(fields))


@check
def the_door(scene):
    scene.commit({"a.txt": "a"})
    served = Served(scene)
    assert served.ask("/")[0] == 403
    assert served.ask("/", host="evil.example")[0] == 421
    assert served.ask("/", host=f"127.0.0.1.evil.example:{served.port}")[0] == 421
    cookie = served.enter()
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    status, fields, _ = served.ask("/")
    assert status == 200 and "default-src 'none'" in fields["content-security-policy"]
    assert "unsafe" not in fields["content-security-policy"]
    assert fields["x-content-type-options"] == "nosniff" and fields["cache-control"] == "no-store"
    kept, served.cookie = served.cookie, None
    assert served.ask(f"/?token={served.token}")[0] == 403, "a token counts once"
    served.cookie = kept
    for fields in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"},
                   {"Origin": f"http://127.0.0.1:{served.port}", "Sec-Fetch-Site": "cross-site"}):
        assert served.ask("/runs/20261130-220729-2bbb/act", "POST", fields, "deed=pause")[0] == 403, fields
    assert served.ask("/", fields={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"})[0] == 403
    assert served.ask("/", "PUT")[0] == 405
    assert served.ask("/x" * 3000)[0] in (404, 400, 431)
    assert served.ask("/runs/20261130-220729-2bbb/act", "POST", {
        "Origin": f"http://127.0.0.1:{served.port}"}, "a" * 100_000)[0] == 413


@check
def the_words_typed(scene):
    scene.commit({"a.txt": "a"})
    program = str(scene.programs / "git-uet-dashboard")

    def said(*words):
        done = subprocess.run([program, *words], cwd=scene.repository, env=scene.environment, text=True,
                              capture_output=True, timeout=20)
        return done.returncode, done.stdout + done.stderr
    status, text = said("0.0.0.0:0")
    assert status == 2 and "--beyond-loopback" in text, text
    status, text = said("nowhere")
    assert status == 2 and "HOST:PORT" in text, text
    status, text = said("--repository", "/")
    assert status != 0 and "not a git repository" in text, text
    status, text = said("--help")
    assert status == 0 and "--read-only" in text and "--repository" in text
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, text = said(f"127.0.0.1:{taken.getsockname()[1]}")
        assert status == 2 and "cannot listen" in text and "hint:" in text, text
    # By the main program, which finds it beside itself.
    child = scene.start("git", "uet", "dashboard", "127.0.0.1:0", "--read-only")
    assert "/?token=" in child.stdout.readline()
    child.terminate()
    alone = scene.root / "alone"
    alone.mkdir()
    shutil.copy(scene.programs / "git-uet", alone / "git-uet")
    done = subprocess.run([str(alone / "git-uet"), "dashboard"], env={**scene.environment, "PATH": "/usr/bin:/bin"},
                          cwd=scene.repository, text=True, capture_output=True)
    assert done.returncode == 2 and "make dashboard" in done.stderr, done.stderr


@check
def a_socket_that_is_handed_over(scene):
    scene.commit({"a.txt": "a"})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    number = listener.fileno()

    def hand_over():
        os.dup2(number, 3)
        os.set_inheritable(3, True)
        os.environ["LISTEN_PID"] = str(os.getpid())
    # The variable names the process itself, which only it knows: a shell says it.
    os.set_inheritable(number, True)
    child = subprocess.Popen(
        ["sh", "-c", f'exec 3<&{number}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" 127.0.0.1:1',
         str(scene.programs / "git-uet-dashboard")],
        cwd=scene.repository, env=scene.environment, text=True, stdout=subprocess.PIPE, pass_fds=[number])
    scene.children.append(child)
    url = child.stdout.readline().strip()
    port = listener.getsockname()[1]
    assert f"127.0.0.1:{port}/?token=" in url, url
    listener.close()
    served = Served.__new__(Served)
    served.scene, served.child, served.host, served.port, served.cookie = scene, child, "127.0.0.1", port, None
    served.token = url.split("=")[1]
    served.enter()
    assert served.ask("/")[0] == 200


@check
def every_page_of_a_run(scene):
    shop(scene, slow=False)
    scene.start("git", "uet", "run").communicate(timeout=60)
    scene.start("git", "uet", "run").communicate(timeout=60)
    run, other = [line.split()[0] for line in scene.git("uet", "runs").splitlines()]
    served = Served(scene)
    served.enter()
    pages = {
        "/": [run, other], f"/runs/{run}": ["ws-catalogue-api", "connection refused", "Events"],
        f"/runs/{run}?state=SUCCEEDED": ["ws-catalogue-api"], f"/runs/{run}?words=mail": ["ws-checkout-mail"],
        f"/runs/{run}/ws-checkout-mail": ["attempt 1", "E_TOOL_FAILURE", "try it again"],
        f"/runs/{run}/ws-checkout-mail?view=log": ["connecting to the mail server", "connection refused"],
        f"/runs/{run}/ws-catalogue-api?view=diff": ["+get /products", 'class="add"'],
        f"/runs/{run}/ws-catalogue-api?view=gates": ["GATE_UNIT", "passed", "git uet reproduce"],
        f"/runs/{run}/reviews": ["ws-checkout-prices", "approve", "+vat 19", "Prices with tax"],
        f"/compare?before={other}&after={run}": ["Figures", "time"],
        "/plan": ["Schedule", "ws-checkout-pay", "What comes before what"],
    }
    for path, words in pages.items():
        status, fields, text = served.ask(path)
        assert status == 200, (path, status)
        for word in words:
            assert word in text, (path, word)
        assert " style=" not in text and not re.search(r"<[a-z]+[^>]* on[a-z]+=", text), path
        assert "<script>" not in text and text.count("<h1>") == 1, path
    assert "ws-catalogue-api" not in served.ask(f"/runs/{run}?words=mail")[2].split('id="time"')[0]
    phase = until("the phases", lambda: re.search(r"\?phase=checkout", served.ask(f"/runs/{run}")[2]))
    text = served.ask(f"/runs/{run}{phase[0]}")[2]
    assert 'id="work-ws-checkout-pay"' in text and 'id="work-ws-catalogue-api"' not in text
    assert served.ask(f"/runs/{run}/ws-none")[0] == 404


@check
def deeds_of_a_live_run(scene):
    gate = scene.root / "go"
    scene.commit({
        ".uet/config.yaml": CONFIGURATION, "workstreams/a.yaml": "phase: one\nworkstreams:\n"
        + bundle("ws-wait", "a.txt", f"while [ ! -e {gate} ]; do sleep 0.05; done; echo a > a.txt")
        + bundle("ws-after", "b.txt", "echo b > b.txt", needs=["ws-wait"])
        + bundle("ws-unwanted", "c.txt", f"while [ ! -e {gate} ]; do sleep 0.05; done; echo c > c.txt")})
    child = scene.start("git", "uet", "run")
    run = scene.run_id()
    served = Served(scene)
    served.enter()
    page = f"/runs/{run}"
    until("both at work", lambda: served.ask(page)[2].count('"badge busy">running<') == 2)
    status, fields, _ = form(served, page, "pause")
    assert status == 303 and fields["location"] == page
    assert 'class="notice good"' in served.ask(page)[2]
    until("the pause", lambda: "PAUSED" in served.ask(page)[2])
    assert form(served, page, "resume")[0] == 303
    until("the resuming", lambda: "PAUSED" not in served.ask(page)[2])
    assert form(served, f"{page}/ws-unwanted", "cancel", workstream="ws-unwanted")[0] == 303
    until("the cancelling", lambda: "cancelled" in served.ask(f"{page}/ws-unwanted")[2])
    gate.touch()
    child.wait(60)
    until("the end", lambda: "2 succeeded" in served.ask(page)[2])
    form(served, f"{page}/ws-unwanted", "retry", workstream="ws-unwanted")
    text = served.ask(f"{page}/ws-unwanted")[2]
    assert "to be tried again" in text and "git uet resume" in text, text
    form(served, f"{page}/ws-wait", "pause")
    text = served.ask(page)[2]
    assert "no process works on run" in text, text[:3000]


@check
def reviews(scene):
    scene.commit({".uet/config.yaml": CONFIGURATION, "workstreams/a.yaml": "phase: one\nworkstreams:\n"
                  + "".join(bundle(f"ws-{n}", f"{n}.txt", f"echo {n} > {n}.txt", review=True) for n in "abc")})
    scene.start("git", "uet", "run").communicate(timeout=60)
    run = scene.run_id()
    served = Served(scene)
    served.enter()
    page = f"/runs/{run}/reviews"
    commits = re.findall(r'name="commit" value="([0-9a-f]{40})"', served.ask(page)[2])
    assert len(commits) == 9

    def commit(name):
        return scene.git("rev-parse", f"uet/{run}/{name}")
    form(served, page, "approve", workstream="ws-a", commit=commit("ws-a"), text="good <b>work</b>")
    text = served.ask(page)[2]
    assert "approved by Ada" in text and "good &lt;b&gt;work&lt;/b&gt;" in text
    form(served, page, "reject", workstream="ws-b", commit=commit("ws-a"))
    assert "is not" in served.ask(page)[2], "a decision is for the commit that was shown"
    form(served, page, "reject", workstream="ws-b", commit=commit("ws-b"), text="no")
    assert "rejected by Ada" in served.ask(page)[2]
    form(served, page, "adjust", workstream="ws-c", commit=commit("ws-c"))
    assert "say what is to be done" in served.ask(page)[2]
    form(served, page, "adjust", workstream="ws-c", commit=commit("ws-c"), text="longer")
    until("the sending back", lambda: "sent back by Ada" in scene.git("uet", "show", run, "ws-c")
          or "READY" in scene.git("uet", "show", run, "ws-c"))


@check
def reading_alone(scene):
    shop(scene, slow=False)
    scene.start("git", "uet", "run").communicate(timeout=60)
    run = scene.run_id()
    served = Served(scene, "--read-only")
    served.enter()
    for path in (f"/runs/{run}", f"/runs/{run}/ws-checkout-mail", f"/runs/{run}/reviews"):
        assert 'method="post"' not in served.ask(path)[2], path
    assert form(served, f"/runs/{run}", "pause")[0] == 403


@check
def hostile_words_stay_words(scene):
    work = "".join(
        bundle(f"ws-{number}", f"{number}.txt", f"printf '%s\\n' {sh(text)}\nprintf '%s\\n' {sh(text)} >&2\n"
               f"git uet signal progress 10 {sh(text)}\nexit 1", tasks=[text])
        for number, text in enumerate(HOSTILE) if "\x1b" not in text and "\n" not in text)
    scene.commit({".uet/config.yaml": CONFIGURATION,
                  "workstreams/a.yaml": f"phase: {json_text(HOSTILE[0])}\nworkstreams:\n" + work})
    scene.start("git", "uet", "run").communicate(timeout=120)
    run = scene.run_id()
    served = Served(scene)
    served.enter()
    until("the plan", lambda: "phase=" in served.ask(f"/runs/{run}/ws-0")[2]
          or "<dt>phase</dt>" in served.ask(f"/runs/{run}/ws-0")[2])
    paths = ["/", "/plan", f"/runs/{run}", f"/runs/{run}/reviews", f"/runs/{run}?words=" + urllib.parse.quote(HOSTILE[1])]
    for number in range(len(HOSTILE)):
        paths += [f"/runs/{run}/ws-{number}{view}" for view in ("", "?view=log", "?view=diff", "?view=gates")]
    for path in paths:
        text = served.ask(path)[2]
        assert "<script>" not in text and "<img" not in text and "<iframe" not in text, path
        assert "<svg onload" not in text and "<style" not in text and "<base" not in text, path
        assert "\x1b" not in text and "\u202e" not in text, path
        assert not re.search(r'(href|src|action)="(?!/|#)', text), path


def sh(text):
    return "'" + text.replace("'", "'\\''") + "'"


@check
def news_as_it_comes_and_what_was_missed(scene):
    scene.commit({"a.txt": "a"})
    filler = large(scene, 40, 400)
    run = scene.run_id()
    served = Served(scene)
    served.enter()
    stream = Stream(served, f"/runs/{run}/news")
    assert stream.status == 200
    times = []
    for number in range(5):
        start = time.monotonic()
        tell(filler, f"reason {number} </script>")
        message = stream.find(f"reason {number}")
        times.append(time.monotonic() - start)
        last = int(message["id"])
    assert max(times) < 2, times
    stream.close()
    for number in range(3):
        tell(filler, f"missed {number}")
    again = Stream(served, f"/runs/{run}/news", last=last)
    seen = [again.find(f"missed {number}") for number in range(3)]
    assert [int(m["id"]) for m in seen] == [last + 1, last + 2, last + 3], (last, seen)
    assert "missed 0" in json.loads(seen[0]["data"])["words"]
    again.close()
    for place in (1, -1, -2**63, 2**63 - 1):
        far = Stream(served, f"/runs/{run}/news?after={place}")
        assert far.next()["event"] == "reset", place
        far.close()
    # The program is killed, and another takes its place: nothing is lost, and the old cookie counts no more.
    served.kill()
    tell(filler, "while nobody served")
    port = served.port
    second = Served(scene, address=f"127.0.0.1:{port}")
    second.cookie = served.cookie
    assert second.ask("/")[0] == 403
    second.enter()
    resumed = Stream(second, f"/runs/{run}/news", last=last + 3)
    assert int(resumed.find("while nobody served")["id"]) == last + 4
    resumed.close()
    everything = Stream(second, "/news")
    tell(filler, "one more")
    assert everything.next()["event"] == "change"
    everything.close()


@check
def many_listeners_share_one_follower(scene):
    scene.commit({"a.txt": "a"})
    filler = large(scene, 2000, 20_000)
    run = scene.run_id()
    served = Served(scene)
    served.enter()
    assert len(served.ask(f"/runs/{run}")[2]) < 60_000
    until("the phases", lambda: "phase+20" in served.ask(f"/runs/{run}")[2]
          or "phase%2020" in served.ask(f"/runs/{run}")[2])
    streams = [Stream(served, f"/runs/{run}/news") for _ in range(50)]
    start = time.monotonic()
    tell(filler, "to all")
    for stream in streams:
        stream.find("to all")
    took = time.monotonic() - start
    assert took < 3, took
    gantt = until("the pictures", lambda: "When each phase" in served.ask(f"/runs/{run}")[2])
    assert gantt and len(served.ask(f"/runs/{run}")[2]) < 150_000
    for stream in streams:
        stream.close()
    # A browser that reads nothing holds up nobody.
    slow = [Stream(served, f"/runs/{run}/news") for _ in range(5)]
    quick = Stream(served, f"/runs/{run}/news")
    for number in range(300):
        tell(filler, "x" * 200)
    tell(filler, "the last")
    quick.find("the last")
    for stream in [*slow, quick]:
        stream.close()


@check
def what_is_closed_is_given_back(scene):
    scene.commit({"a.txt": "a"})
    filler = large(scene, 5000, 10_000)
    run = scene.run_id()
    # So many that not all may stay open.
    assert len(list((scene.repository / ".git/objects/pack").glob("*.pack"))) > 40
    served = Served(scene)
    served.enter()
    page = f"/runs/{run}"
    until("the pictures", lambda: "When each phase" in served.ask(page)[2])

    def sockets():
        return sum(held.startswith("socket:") for held in served.descriptors())
    until("the last request's end", lambda: sockets() == 1)
    before = len(served.descriptors())
    for number in range(3):
        streams = [Stream(served, f"{page}/news") for _ in range(50)]
        tell(filler, f"round {number}")
        for stream in streams:
            stream.find(f"round {number}")
        assert sockets() == 51, sockets()
        for stream in streams:
            stream.close()
        until("the end of all streams", lambda: sockets() == 1)
        served.ask(page)
        until("what there was before", lambda: len(served.descriptors()) <= before + 1)
    assert len(served.descriptors(".pack")) <= 512, served.descriptors(".pack")


@check
def times_are_local_with_their_zone(scene):
    # East of UTC by five hours and a half; the name of the zone is nobody else's.
    scene.environment["TZ"] = "XYZ-5:30"
    scene.commit({".uet/config.yaml": CONFIGURATION, "workstreams/a.yaml": "phase: one\nworkstreams:\n"
                  + bundle("ws-a", "a.txt", "echo a > a.txt")})
    scene.start("git", "uet", "run").communicate(timeout=60)
    run = scene.run_id()
    start = datetime.datetime.strptime(run[:15], "%Y%m%d-%H%M%S") + datetime.timedelta(hours=5, minutes=30)
    served = Served(scene)
    served.enter()
    shown = f"{start:%Y-%m-%d %H:%M:}"
    for path in ("/", f"/runs/{run}"):
        text = served.ask(path)[2]
        assert re.search(shown + r"\d\d XYZ", text), (path, shown, text)
        assert "UTC" not in text, path
    assert re.search(r"<time>\d\d:\d\d:\d\d XYZ</time>", text), text


def large(scene, workstreams, events):
    """A record of so many workstreams and events, and who adds to it."""
    child = scene.start(str(scene.programs / "ledger-benchmark"), str(events), "large", str(workstreams),
                        str(scene.repository), stdin=subprocess.PIPE)
    line = child.stdout.readline().strip()
    assert line == "written", line + child.stdout.read()
    return child


def tell(filler, words):
    filler.stdin.write(words + "\n")
    filler.stdin.flush()
    assert filler.stdout.readline().strip() == "told"
