import Foundation
import Testing
import UETTestSupport

/// Figures and traces, for programs of others.
@Suite struct ExportTests {
  private static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  private func python(_ script: String, _ arguments: String..., in scratch: Scratch) throws
    -> Scratch.Output
  {
    // With what is installed for this user.
    try Scratch.start(
      "/usr/bin/env", ["python3", "-c", script] + arguments, scratch.path,
      ProcessInfo.processInfo.environment
    ).finish()
  }

  /// Asks a server once, with more lines in the head.
  private func ask(_ port: String, _ request: String, in scratch: Scratch) throws -> String {
    let script = """
      import socket, sys
      with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
          s.sendall(sys.argv[2].encode().decode("unicode_escape").encode())
          while piece := s.recv(65536): sys.stdout.write(piece.decode())
      """
    return try python(script, port, request, in: scratch).text
  }

  @Test func figuresAreServedAndWritten() throws {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "gates: {GATE: {command: ['true']}}\n")
    try scratch.bundle("ws-a", scope: ["a"], extra: "test_gates: [{type: GATE}]", "echo > a")
    #expect(try scratch.uet("run").status == 0)
    let printed = try scratch.uet("metrics")
    #expect(printed.text.hasSuffix("# EOF\n") && printed.text.contains("uet_attempts_total 1\n"))
    #expect(try scratch.uet("metrics", "--textfile", "uet.prom").status == 0)
    let written = try #require(scratch.read("uet.prom"))
    #expect(written.contains("uet_workstreams{state=\"succeeded\"} 1\n"))
    #expect(!written.contains("# EOF"))
    let server = try scratch.direct(["metrics", "--serve", "127.0.0.1:0"])
    try scratch.wait("the address") { server.printed.contains("/metrics\n") }
    let port = String(
      try #require(server.printed.split(separator: ":").last?.prefix { $0.isNumber }))
    let page = try ask(port, #"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"#, in: scratch)
    #expect(page.hasPrefix("HTTP/1.1 421 "))
    let old = try ask(port, #"GET /metrics HTTP/1.0\r\n\r\n"#, in: scratch)
    #expect(old.hasPrefix("HTTP/1.1 200 OK\r\n") && old.contains("version=0.0.4"))
    // The next run is answered for as well.
    #expect(try scratch.uet("run").status == 0)
    let accept = "application/openmetrics-text"
    let new = try ask(
      port, #"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: \#(accept)\r\n\r\n"#, in: scratch)
    #expect(new.contains("# EOF\n") && new.contains(accept))
    #expect(!new.contains(try #require(old.split(separator: "run=\"").last?.prefix(20))))
    #expect(try ask(port, #"POST /metrics HTTP/1.0\r\n\r\n"#, in: scratch).contains(" 405 "))
    #expect(try ask(port, #"GET / HTTP/1.0\r\n\r\n"#, in: scratch).contains(" 404 "))
    server.signal(SIGTERM)
    #expect(server.finish().status == 143)
    try checkDashboard(printed.text)
  }

  /// Each name that the dashboard asks for is one that there is.
  private func checkDashboard(_ text: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/grafana/git-uet.json")
    let dashboard = try String(contentsOf: path, encoding: .utf8)
    let names = dashboard.matches(of: /uet_[a-z_]+/).map { String($0.output) }
    #expect(names.count > 10)
    for name in Set(names) {
      #expect(text.contains("\n\(name) ") || text.contains("\n\(name){"), "\(name)")
    }
  }

  @Test(
    .enabled(if: isLong && find("promtool") != nil && find("prometheus") != nil, "no prometheus"))
  func prometheusReadsIt() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    #expect(try scratch.uet("run").status == 0)
    #expect(try scratch.uet("metrics", "--textfile", "uet.prom").status == 0)
    let check = try Scratch.start(
      "/bin/sh", ["-c", "promtool check metrics < uet.prom"], scratch.path,
      ProcessInfo.processInfo.environment
    ).finish()
    #expect(check.status == 0 && check.text.isEmpty && check.errors.isEmpty, "\(check)")
    let server = try scratch.direct(["metrics", "--serve", "127.0.0.1:0"])
    try scratch.wait("the address") { server.printed.contains("/metrics\n") }
    let address = try #require(server.printed.split(separator: "/").dropFirst().first)
    try scratch.write(
      "prometheus.yml",
      "scrape_configs: [{job_name: uet, scrape_interval: 1s, static_configs: [{targets: ['\(address)']}]}]\n"
    )
    let script = """
      import json, socket, subprocess, sys, time, urllib.request
      s = socket.socket(); s.bind(("127.0.0.1", 0)); port = s.getsockname()[1]; s.close()
      p = subprocess.Popen(["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
          f"--web.listen-address=127.0.0.1:{port}"], stderr=open("log", "w"))
      try:
          end = time.time() + 60
          while time.time() < end:
              try:
                  for query in sys.argv[1:]:
                      u = f"http://127.0.0.1:{port}/api/v1/query?query={query}"
                      found = json.load(urllib.request.urlopen(u))["data"]["result"]
                      if not found: raise OSError(query)
                      print(query, found[0]["value"][1])
                  break
              except OSError: time.sleep(0.2)
          else: print(open("log").read())
      finally: p.kill()
      """
    let answer = try python(
      script, "up", "uet_attempts_total", "uet_run_info", "uet_run_duration_seconds", in: scratch)
    #expect(
      answer.text.contains("up 1\n") && answer.text.contains("uet_attempts_total 1\n"), "\(answer)")
    server.signal(SIGTERM)
    _ = server.finish()
  }

  /// Prints what it is sent, once, with the help of OpenTelemetry's own definitions where they are.
  private static let collector = """
    import base64, http.server, json, sys
    try:
        from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as t
        from google.protobuf import json_format
    except ImportError: t = None
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *a): pass
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Content-Type"] == "application/json":
                d = json.loads(body)
                spans = [s for r in d["resourceSpans"] for c in r["scopeSpans"] for s in c["spans"]]
                print("ids", " ".join(s["traceId"] + "-" + s["spanId"] for s in spans))
                for s in spans:
                    for o in [s] + s.get("links", []):
                        for k in ("traceId", "spanId", "parentSpanId"):
                            if k in o: o[k] = base64.b64encode(bytes.fromhex(o[k])).decode()
                if t: m = json_format.ParseDict(d, t.ExportTraceServiceRequest())
            elif t: m = t.ExportTraceServiceRequest.FromString(body)
            if t:
                spans = [s for r in m.resource_spans for c in r.scope_spans for s in c.spans]
                print("names", " ".join(s.name for s in spans))
                print("parsed", hash(m.SerializeToString(deterministic=True)))
            print("sent", self.path, self.headers["Content-Type"], self.headers["X-Key"], flush=True)
            self.send_response(200); self.end_headers()
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    print("port", server.server_port, flush=True)
    server.handle_request(); server.handle_request(); server.handle_request()
    """

  @Test(.enabled(if: find("curl") != nil, "no curl")) func aRunIsATrace() throws {
    let collector = try Scratch.start(
      "/usr/bin/env", ["python3", "-c", Self.collector], "/",
      ProcessInfo.processInfo.environment.merging(["PYTHONHASHSEED": "0"]) { $1 })
    let first = try Scratch()
    try first.wait("the port") {
      collector.printed.hasPrefix("port ") && collector.printed.contains("\n")
    }
    let port = String(collector.printed.dropFirst(5).prefix { $0.isNumber })
    let scratch = try Scratch(variables: [
      "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(port)",
      "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
    ])
    try scratch.bundle("ws-a", scope: ["a"], "printf '%s' \"$TRACEPARENT\" > a")
    #expect(try scratch.uet("run").status == 0)
    let told = try scratch.git("show", "uet/\(try scratch.onlyRun())/ws-a:a")
    try scratch.wait("the spans") {
      collector.printed.contains("sent /v1/traces application/json a b\n")
    }
    // What the worker was told is the span of its attempt.
    let parts = told.split(separator: "-")
    #expect(parts.count == 4 && collector.printed.contains("\(parts[1])-\(parts[2])"), "\(told)")
    let file = try scratch.uet("trace", "--output", "trace.json")
    #expect(file.status == 0 && scratch.read("trace.json")?.contains("\"\(parts[2])\"") == true)
    #expect(try scratch.uet("trace", "--send").status == 0)
    // The other encoding says the very same.
    let other = try Scratch.start(
      Scratch.gitProgram, ["uet", "trace", "--send"], scratch.path,
      scratch.environment.merging(["OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"]) { $1 }
    ).finish()
    #expect(other.status == 0, "\(other)")
    let text = collector.finish().text
    #expect(text.contains("sent /v1/traces application/x-protobuf a b\n"), "\(text)")
    let parsed = text.split(separator: "\n").filter { $0.hasPrefix("parsed") }
    // Nothing of it where OpenTelemetry's definitions are not installed.
    #expect(parsed.isEmpty || (parsed.count == 3 && parsed[1] == parsed[2]), "\(text)")
    #expect(parsed.isEmpty || text.contains("names run attempt\n"), "\(text)")
    // A collector that is not there costs the run nothing.
    let late = try scratch.uet("run")
    #expect(late.status == 0 && late.errors.contains("traces did not reach"), "\(late)")
  }
}
