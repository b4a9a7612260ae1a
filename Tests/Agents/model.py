"""A model on loopback that follows a script and counts what it served.

It speaks Anthropic messages, OpenAI chat completions and OpenAI responses, as a stream or whole, as it is asked.
"""
import http.server
import json
import socket
import socketserver
import sys
import threading
import time

from steps import Call, Close, Keep, Refuse, Run, Say, Tokens


class Model:
    """Answers requests by a script: each of its steps once, the last for ever.

    style: how a command is asked for: "tools" by a tool of the request, "block" by a block of markdown.
    main: the model whose requests follow the script; others, and those without tools where the program
    offers tools otherwise, are asides (titles and the like) and get a line of text.
    """

    def __init__(self, script, main, style="tools"):
        self.script, self.main, self.style = list(script), main, style
        self.lock = threading.Lock()
        self.step = self.number = 0
        # The answers that were sent whole, and the status of every request.
        self.served, self.statuses = [], []
        # What of a conversation each answered request of the script brought along: turns of the model.
        self.turns = []
        # What the tools gave, as the newest request of the script tells it: texts, the oldest first.
        self.results = []
        model = self

        class Handler(Answering):
            pass

        Handler.model = model
        self.server = Server(("127.0.0.1", 0), Handler)
        self.faults = self.server.faults = []
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def requests(self):
        return len(self.statuses)

    def is_main(self, name):
        return name.split("/")[-1].startswith(self.main)

    def next(self, request):
        """The number of a request, its step, and the figures of the answer."""
        name = request.get("model", "")
        with self.lock:
            self.number += 1
            number = self.number
            is_aside = not self.is_main(name) or (self.style == "tools" and not request.get("tools"))
            step = self.script[min(self.step, len(self.script) - 1)]
            if not is_aside or isinstance(step, (Refuse, Keep, Close)):
                self.step += 1
            else:
                step = Say("A title")
            if not is_aside:
                self.turns.append(sum(
                    1 for item in request.get("messages") or request.get("input") or [] if isinstance(item, dict)
                    and (item.get("role") == "assistant" or item.get("type") == "function_call")))
                self.results = results(request)
        # No two answers cost the same, so that what is left out or counted twice is seen.
        return number, step, Tokens(name, 1000 + 17 * number, 400 + 3 * number, 0, 0, 50 + number, 20 + number)

    def count(self, tokens, status):
        with self.lock:
            self.statuses.append(status)
            if tokens:
                self.served.append(tokens)


def results(request):
    """The results of tools in a conversation of Anthropic messages or OpenAI responses, as texts."""
    items = list(request.get("input") or [])
    for message in request.get("messages") or []:
        items += message.get("content") or []
    found = [item.get("content", item.get("output")) for item in items
             if isinstance(item, dict) and item.get("type") in ("tool_result", "function_call_output")]
    return [content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])
            for content in found]


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """A program that was ended leaves its connection; what else goes wrong here is our fault."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.faults.append(repr(error))


# The arguments by which the tools of programs run a command.
SHELLS = {
    "Bash": lambda command: {"command": command, "description": "edit"},
    "bash": lambda command: {"command": command},
    "Shell": lambda command: {"command": command},
    "shell": lambda command: {"command": command},
    "shell_command": lambda command: {"command": command},
    "exec_command": lambda command: {"cmd": command},
    "terminal": lambda command: {"command": command, "security_risk": "LOW", "summary": "edit"},
}
SUBMIT = "COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"
ERRORS = {401: ("authentication_error", "invalid api key"), 429: ("rate_limit_error", "too many requests"),
          500: ("api_error", "internal server error")}


class Answering(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model = None

    def log_message(self, *arguments):
        """Says nothing."""

    def do_GET(self):
        self.send({"object": "list", "data": [], "models": []})

    def do_HEAD(self):
        self.send({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            request = json.loads(body)
        except ValueError:
            request = {}
        form = next((form for form in ("count_tokens", "messages", "chat/completions", "responses")
                     if form in self.path), None)
        if form == "count_tokens":
            return self.send({"input_tokens": 10})
        if form is None or not isinstance(request, dict):
            return self.send({})
        number, step, tokens = self.model.next(request)
        if isinstance(step, Keep):
            self.model.count(None, 0)
            time.sleep(3600)
            return
        if isinstance(step, Close):
            self.model.count(None, 0)
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        if isinstance(step, Refuse):
            self.model.count(None, step.status)
            kind, text = ERRORS[step.status]
            waits = [("retry-after", "1")] if step.status == 429 else []
            return self.send({"type": "error", "error": {"type": kind, "code": kind, "message": text}},
                             step.status, more=waits)
        write = {"messages": self.answer_messages, "chat/completions": self.answer_chat,
                 "responses": self.answer_responses}[form]
        text, call = self.spoken(step, request)
        write(request, text, call, tokens, number)

    def spoken(self, step, request):
        """(text, None) or (None, (tool, arguments))."""
        names = [tool.get("name") or (tool.get("function") or {}).get("name") for tool in request.get("tools") or []]
        shell = next((name for name in SHELLS if name in names), None)
        if isinstance(step, Call):
            # By its whole name, as programs may keep such tools out of the request until they are looked for.
            return None, (f"mcp__uet__{step.tool}", step.arguments)
        if isinstance(step, Run):
            if shell:
                return None, (shell, SHELLS[shell](step.command))
            return f"```shell\n{step.command}\n```", None
        if SUBMIT in json.dumps(request.get("messages") or "") and shell:
            return None, (shell, {"command": f"echo {SUBMIT}"})
        if "finish" in names:
            return None, ("finish", {"message": step.text, "summary": "finish"})
        return step.text, None

    def send(self, body, status=200, kind="application/json", more=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in [("content-type", kind), ("content-length", str(len(data))), *more]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def stream(self, events, named=True):
        lines = []
        for event in events:
            if named:
                lines.append(f"event: {event['type']}\n")
            lines.append(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
        self.send("".join(lines).encode(), kind="text/event-stream")

    def answer_messages(self, request, text, call, tokens, number):
        written = 200 + 5 * number
        tokens = Tokens(tokens.model, tokens.input, tokens.cache_read, written, written // 4, tokens.output, 0)
        # Counted before it is sent: what the program does next may be watched by the count.
        self.model.count(tokens, 200)
        usage = {
            "input_tokens": tokens.input, "cache_read_input_tokens": tokens.cache_read,
            "cache_creation_input_tokens": tokens.cache_write,
            "cache_creation": {"ephemeral_5m_input_tokens": tokens.cache_write - tokens.cache_write_1h,
                               "ephemeral_1h_input_tokens": tokens.cache_write_1h},
            "output_tokens": tokens.output, "service_tier": "standard"}
        message = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": tokens.model,
                   "content": [], "stop_reason": None, "stop_sequence": None}
        stop = "tool_use" if call else "end_turn"
        if call:
            block = {"type": "tool_use", "id": f"toolu_{number}", "name": call[0], "input": call[1]}
            empty = dict(block, input={})
            delta = {"type": "input_json_delta", "partial_json": json.dumps(call[1])}
        else:
            block, empty = {"type": "text", "text": text}, {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": text}
        if not request.get("stream"):
            return self.send(dict(message, content=[block], stop_reason=stop, usage=usage))
        self.stream([
            {"type": "message_start", "message": dict(message, usage=dict(usage, output_tokens=1))},
            {"type": "content_block_start", "index": 0, "content_block": empty},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
            {"type": "message_stop"}])

    def answer_chat(self, request, text, call, tokens, number):
        self.model.count(tokens, 200)
        whole = tokens.input + tokens.cache_read
        usage = {"prompt_tokens": whole, "completion_tokens": tokens.output, "total_tokens": whole + tokens.output,
                 "prompt_tokens_details": {"cached_tokens": tokens.cache_read},
                 "completion_tokens_details": {"reasoning_tokens": tokens.reasoning}}
        message = {"role": "assistant", "content": text}
        if call:
            message["tool_calls"] = [{"id": f"call_{number}", "type": "function",
                                      "function": {"name": call[0], "arguments": json.dumps(call[1])}}]
        end = "tool_calls" if call else "stop"
        head = {"id": f"chat_{number}", "created": int(time.time()), "model": tokens.model}
        if not request.get("stream"):
            choice = {"index": 0, "message": message, "finish_reason": end}
            return self.send(dict(head, object="chat.completion", choices=[choice], usage=usage))
        if call:
            message["tool_calls"][0]["index"] = 0
        head["object"] = "chat.completion.chunk"
        events = [dict(head, choices=[{"index": 0, "delta": message, "finish_reason": None}]),
                  dict(head, choices=[{"index": 0, "delta": {}, "finish_reason": end}])]
        # As the provider does: a stream tells its usage only when asked.
        if (request.get("stream_options") or {}).get("include_usage"):
            events.append(dict(head, choices=[], usage=usage))
        self.stream(events + ["[DONE]"], named=False)

    def answer_responses(self, request, text, call, tokens, number):
        self.model.count(tokens, 200)
        whole = tokens.input + tokens.cache_read
        if call:
            # A server's tools are in a space of names here: "mcp__uet", "status".
            space, _, name = call[0].rpartition("__")
            item = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}",
                    "name": name, "arguments": json.dumps(call[1]), "status": "completed"}
            if space:
                item["namespace"] = space
        else:
            item = {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed",
                    "content": [{"type": "output_text", "text": text, "annotations": []}]}
        usage = {"input_tokens": whole, "input_tokens_details": {"cached_tokens": tokens.cache_read},
                 "output_tokens": tokens.output,
                 "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
                 "total_tokens": whole + tokens.output}
        response = {"id": f"resp_{number}", "object": "response", "created_at": int(time.time()),
                    "status": "completed", "model": tokens.model, "output": [item], "usage": usage}
        if not request.get("stream"):
            return self.send(response)
        self.stream([{"type": "response.created", "response": dict(response, status="in_progress", output=[])},
                     {"type": "response.output_item.done", "output_index": 0, "item": item},
                     {"type": "response.completed", "response": response}])
