"""A repository with runs, and the dashboard beside it, for the tests and for the pictures of the guide."""

import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HOSTILE = [
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "'><svg onload=document.title='owned'>",
    "</pre><script>document.title='owned'</script>",
    "</textarea><script>document.title='owned'</script>",
    "javascript:document.title='owned'",
    "<a href=\"javascript:document.title='owned'\">x</a>",
    "&lt;script&gt;document.title='owned'&lt;/script&gt;",
    "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\">",
    "<style>body{display:none}</style>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><button>pause</button></form>",
    "{{constructor.constructor('document.title=1')()}}",
    "]]><script>document.title='owned'</script>",
    "<!--<script>-->document.title='owned'",
    "data: x\n\nevent: event\ndata: {}",
    "\u202egpj.exe\u2066\u200b",
    "\x1b]0;owned\x07\x1b[31mred\x1b[0m",
]


class Scene:
    """A scratch repository; `programs` is the folder of git-uet, uet-supervise and git-uet-dashboard."""

    def __init__(self, programs, name="shop"):
        self.programs = pathlib.Path(programs).resolve()
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="uet-dashboard-"))
        self.home = self.root / "home"
        self.home.mkdir()
        self.repository = self.root / name
        settings = {"uet.tiers.mode": "off", "uet.sandbox.mode": "off", "uet.trust": "always",
                    "user.name": "Ada", "user.email": "ada@example.com", "init.defaultBranch": "main"}
        self.environment = {
            "PATH": f"{self.programs}:{os.environ['PATH']}", "HOME": str(self.home), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": str(len(settings)), "TZ": "UTC"}
        for number, (key, value) in enumerate(settings.items()):
            self.environment[f"GIT_CONFIG_KEY_{number}"] = key
            self.environment[f"GIT_CONFIG_VALUE_{number}"] = value
        self.children = []
        self.git("init", "-q", str(self.repository), at=self.root)

    def git(self, *words, at=None, check=True, text=None):
        done = subprocess.run(["git", *words], cwd=at or self.repository, env=self.environment, text=True,
                              input=text, capture_output=True)
        if check and done.returncode != 0:
            raise AssertionError(f"git {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def write(self, files):
        for name, content in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)

    def commit(self, files, message="change"):
        self.write(files)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def start(self, *words, **more):
        """A child that this scene ends; its output comes by pipes."""
        child = subprocess.Popen(words, cwd=self.repository, env={**self.environment, **more.pop("variables", {})},
                                 text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
        self.children.append(child)
        return child

    def run_id(self):
        """The newest run; waits for the first."""
        return until("a run", lambda: re.search(r"^\d{8}-\d{6}-[0-9a-f]{4}", self.git("uet", "runs", check=False)))[0]

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
        shutil.rmtree(self.root, ignore_errors=True)


class Served:
    """The dashboard of a scene, as a process."""

    def __init__(self, scene, *options, address="127.0.0.1:0"):
        self.scene = scene
        self.child = scene.start(str(scene.programs / "git-uet-dashboard"), address, *options)
        self.url = self.child.stdout.readline().strip()
        match = re.fullmatch(r"http://(.+):(\d+)/\?token=([0-9a-f]{64})", self.url)
        if not match:
            raise AssertionError(f"no address: {self.url!r} {self.child.stdout.read()}")
        self.host, self.port, self.token = match[1].strip("[]"), int(match[2]), match[3]
        self.cookie = None

    def ask(self, path, method="GET", fields=None, body=None, host=None, cookie=True):
        """The status, the fields (lower case) and the text of an answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=20)
        sent = {"Host": host or f"127.0.0.1:{self.port}"}
        if cookie and self.cookie:
            sent["Cookie"] = self.cookie
        sent.update(fields or {})
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, text

    def enter(self):
        status, fields, _ = self.ask(f"/?token={self.token}")
        assert status == 303 and fields["location"] == "/", (status, fields)
        self.cookie = fields["set-cookie"].split(";")[0]
        return fields["set-cookie"]

    def descriptors(self, ending=""):
        """What the process holds open, as far as it ends so."""
        folder, held = pathlib.Path(f"/proc/{self.child.pid}/fd"), []
        for entry in folder.iterdir():
            try:
                held.append(os.readlink(entry))
            except FileNotFoundError:  # closed meanwhile
                pass
        return [target for target in held if target.endswith(ending)]

    def kill(self):
        self.child.kill()
        self.child.wait()


class Stream:
    """Server-sent events, read as they come."""

    def __init__(self, served, path, last=None):
        self.socket = socket.create_connection((served.host, served.port), timeout=20)
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{served.port}", f"Cookie: {served.cookie}",
                 "Accept: text/event-stream"]
        if last is not None:
            lines.append(f"Last-Event-ID: {last}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def line(self):
        """The next line of the body, whatever chunks it came in; None at the end."""
        if not hasattr(self, "rest"):
            self.rest = b""
        while b"\n" not in self.rest:
            size = self.file.readline().strip()
            if not size or int(size, 16) == 0:
                return None
            self.rest += self.file.read(int(size, 16))
            self.file.readline()
        line, self.rest = self.rest.split(b"\n", 1)
        return line.decode()

    def next(self, limit=30.0):
        """The next message as a dictionary of its fields; comments are passed over."""
        message, end = {}, time.monotonic() + limit
        while True:
            line = self.line()
            if time.monotonic() > end:
                raise AssertionError("no message came in time")
            if line is None:
                return None
            if line == "" and message:
                return message
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                message[name] = value

    def find(self, words, limit=30.0):
        """The next message that holds these words."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            message = self.next(limit)
            if words in message.get("data", ""):
                return message
        raise AssertionError(f"no message with {words!r}")

    def close(self):
        # Without its file the connection would stay open.
        self.file.close()
        self.socket.close()


def until(what, condition, limit=30.0):
    """Waits for a condition, and gives what it gave."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {limit} s in vain for {what}")


CONFIGURATION = """version: 1
run: {workers: 3}
gates:
  GATE_UNIT: {command: ["sh", "-c", "echo checking; test ! -e broken"]}
integration: {target: main, gates: [GATE_UNIT]}
retry: {max_attempts: 1}
"""


def bundle(identity, path, command, needs=(), review=False, tasks=("do it",)):
    lines = [f"  - id: {identity}", "    tasks:"] + [f"      - {json_text(t)}" for t in tasks]
    lines += [f"    files_scope: [{path}]", "    tool: shell", "    test_gates: [{type: GATE_UNIT}]"]
    if needs:
        lines.append(f"    depends_on: [{', '.join(needs)}]")
    if review:
        lines.append("    risk: high")
    lines += ["    command: |"] + ["      " + line for line in command.splitlines()]
    return "\n".join(lines) + "\n"


def json_text(text):
    import json
    return json.dumps(text)


def shop(scene, slow=True):
    """Work of two phases, with a gate, questions, a review, and one that fails."""
    pause = "sleep 1; " if slow else ""
    parts = [
        ("catalogue", [
            bundle("ws-catalogue-schema", "schema.sql", f"echo 'reading the old schema'\n{pause}"
                   "git uet signal progress 60 'writing the new one'\n"
                   "git uet signal usage --model gpt-5 --input 5200 --output 900\n"
                   "echo 'create table product(id);' > schema.sql", tasks=["Describe products in one table"]),
            bundle("ws-catalogue-api", "api.txt", f"{pause}echo 'get /products' > api.txt\necho done",
                   needs=["ws-catalogue-schema"], tasks=["Serve the products", "Document each answer"]),
            bundle("ws-catalogue-search", "search.txt", f"{pause}echo index > search.txt",
                   needs=["ws-catalogue-schema"]),
        ]),
        ("checkout", [
            bundle("ws-checkout-prices", "prices.txt", f"{pause}echo 'vat 19' > prices.txt", review=True,
                   tasks=["Prices with tax"]),
            bundle("ws-checkout-mail", "mail.txt", "echo 'connecting to the mail server'\n"
                   "echo 'error: connection refused' >&2\nexit 1"),
            bundle("ws-checkout-pay", "pay.txt", f"{pause}echo pay > pay.txt",
                   needs=["ws-checkout-prices", "ws-catalogue-api"]),
        ]),
    ]
    files = {".uet/config.yaml": CONFIGURATION, "README.md": "A shop.\n"}
    for phase, bundles in parts:
        files[f"workstreams/{phase}.yaml"] = f"phase: {phase}\nworkstreams:\n" + "".join(bundles)
    scene.commit(files, "a shop")
