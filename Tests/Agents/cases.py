"""What is tried with each program: a script for the model, what is done meanwhile, and how it has to end."""
import json
import re
from dataclasses import dataclass, field

from steps import Call, Close, Keep, Refuse, Run, Say

EDIT = Run("printf 'edited\\n' >> a.txt")
PROGRESS = {"percent": 40, "message": "writing tests"}
# Says that it runs, then waits to be ended.
WAIT = Run("printf 'edited\\n' >> a.txt; : > '{folder}/running'; sleep 600")


@dataclass
class Case:
    name: str
    shows: str
    script: list
    # The recorded kind of error and a pattern of its message; None for an attempt that succeeds.
    fails: tuple = None
    # "turns", "cost": the program gets that limit; a signal: it is sent to the program while its command runs;
    # "wait": the run is stopped when it waits for the provider; "crash": git-uet is killed then, and the run
    # resumed; "resume", "gone": a gate is red after the first attempt, and takes the program's sessions away;
    # "mcp": it is given git-uet's own server of tools.
    act: str = ""
    # Lines of the tool's entry in the configuration.
    tool: list = field(default_factory=list)
    # Whether the edit has to be there: in the branch, or kept of what failed.
    edits: bool = True


CASES = [
    Case("done", "an edit, then the end", [EDIT, Say()]),
    Case("401", "every request is refused: no login", [Refuse(401)], ("E_TOOL_FAILURE", "not logged in"), edits=False),
    Case("429", "every request is told to wait", [Refuse(429)], ("E_RATE_LIMITED", "asks to wait"), act="wait",
         edits=False),
    Case("500", "the first request fails, the next do not", [Refuse(500), EDIT, Say()]),
    Case("closed", "every connection is closed without an answer", [Close()],
         ("E_RATE_LIMITED", "overloaded|asks to wait"), act="wait", edits=False),
    Case("silent", "no answer; the attempt's time limit ends it", [Keep()], ("E_TIMEOUT", "no end after"),
         tool=["timeout: 12s"], edits=False),
    Case("turns", "the program's limit of turns", [EDIT], ("E_TOOL_FAILURE", "limit of turns"), act="turns"),
    Case("cost", "the program's limit of money", [EDIT], ("E_BUDGET_EXCEEDED", "limit of money"), act="cost"),
    Case("term", "SIGTERM while a command runs", [WAIT], ("E_TOOL_FAILURE", "interrupted"), act="SIGTERM"),
    Case("kill", "SIGKILL while a command runs", [WAIT], ("E_TOOL_FAILURE", "interrupted"), act="SIGKILL"),
    Case("crash", "git-uet is killed while a command runs, and the run resumed", [WAIT, Say()], act="crash"),
    Case("resume", "after a red gate the session goes on", [EDIT, Say(), EDIT, Say()], act="resume"),
    Case("gone", "after a red gate the session is gone", [EDIT, Say(), EDIT, Say()], act="gone"),
    Case("mcp", "calls of the server of tools, then an edit",
         [Call("status", {}), Call("show", {"workstream": "ws-a"}), Call("signal", {"kind": "progress", **PROGRESS}),
          EDIT, Say()], act="mcp", tool=["mcp: true"]),
]


def script(case, folder, style):
    """The case's steps for a program: aider edits by its answers, and runs nothing."""
    steps = []
    for step in case.script:
        if isinstance(step, Run):
            step = Run(step.command.replace("{folder}", folder))
            if style == "edit":
                step = Say("a.txt\n```\n<<<<<<< SEARCH\none\n=======\none\nedited\n>>>>>>> REPLACE\n```\n")
        steps.append(step)
    return steps


def ending(case, workstream):
    """What is wrong with how the attempt ended, as text; "" where nothing is. `workstream` is its last event."""
    kind, message = workstream.get("kind"), workstream.get("message", "")
    if case.fails is None:
        return "" if workstream["type"] == "task_completed" else f"ended with {kind}: {message}"
    if workstream["type"] == "task_completed":
        return f"succeeded; expected {case.fails[0]}"
    if kind != case.fails[0] or not re.search(case.fails[1], message):
        return f"ended with {kind}: {message}; expected {case.fails[0]}: ... {case.fails[1]}"
    return ""


def calls(results, events):
    """What is wrong with what the tools gave to the model and is recorded of them, as text; "" where nothing is."""
    try:
        # Programs put words of their own before it.
        status, show = (json.loads(text[text.index("{"):]) for text in results[:2])
        seen = (status["run"], show["id"], show["attempts"][-1]["number"])
        answer = results[2]
    except (ValueError, LookupError, TypeError):
        return f"its tools gave {results}"
    if {seen} != {(event["run"], "ws-a", 1) for event in events} or not answer.endswith("done"):
        return f"its tools gave {seen} and {answer!r}"
    progress = [event for event in events if event["type"] == "task_progress"]
    told = [(event["workstream"], event["attempt"], event["percent"], event["message"]) for event in progress]
    return "" if told == [("ws-a", 1, *PROGRESS.values())] else f"recorded as progress: {told}"
