import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Prints how fast secrets are taken out of logs, in one thread, beside the floor of what the
/// machine does: a search for one byte that is not there, and a copy.
/// `redaction-benchmark [MEGABYTES]`: of so many each, 64 if nothing is said.
let megabytes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 64

/// Lines as builds, tests and agents print them.
let kinds: [(name: String, lines: [String])] = [
  (
    "build log",
    [
      "[ 43%] Building CXX object src/CMakeFiles/core.dir/parser/expression.cpp.o",
      "src/parser/expression.cpp:120:17: warning: unused variable 'token' [-Wunused-variable]",
      "2026-11-29T15:03:44.123Z INFO  server.http - GET /api/v1/tasks?limit=50 200 in 12 ms",
      "--- FAIL: TestParser/empty_input (0.00s)", "    expected 3, but it was 4",
    ]
  ),
  (
    "transcript",
    [
      #"{"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"I'll look at the task-list and the disk-usage first."}]}}"#,
      #"{"type":"user","message":{"content":[{"type":"tool_result","content":"src/a.c:12: see https://example.org/docs/a\nsrc/b.c:3: ok\n"}]}}"#,
      "commit 8f14e45fceea167a5a36dedd4bea2543e5d0e1a7",
    ]
  ),
  (
    "with secrets",
    [
      "a line without any, as most of them are, of about the usual length for a line of a log",
      "export API_TOKEN=correct-horse-battery-staple-42 && curl https://example.org/x",
      "remote: ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX",
    ]
  ),
]

func text(of lines: [String], count: Int) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 8192)
  var number = 0
  while bytes.count < count {
    for line in lines {
      bytes += "\(number): \(line)\n".utf8
      number += 1
    }
  }
  return bytes
}

func used() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The best of some rounds, in MB/s.
func speed(_ count: Int, _ body: () -> Void) -> Int {
  var seconds = Double.infinity
  for _ in 0..<5 {
    let start = used()
    body()
    seconds = min(seconds, used() - start)
  }
  return Int(Double(count) / 1e6 / seconds)
}

func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}

let redaction = Redaction(
  ["API_TOKEN", "OTHER_KEY", "DATABASE_URL"],
  in: [
    "API_TOKEN": "correct-horse-battery-staple-42", "OTHER_KEY": "Zx81-spectrum-0123456789",
    "DATABASE_URL": "postgres://user:swordfish9@db.example.org/app",
  ])
var sink = 0
print("MB/s in one thread        whole  stream  memchr  memcpy")
for kind in kinds {
  let bytes = text(of: kind.lines, count: megabytes * 1_000_000)
  let whole = speed(bytes.count) { sink &+= redaction.redacted(bytes).count }
  let pieces = stride(from: 0, to: bytes.count, by: 1 << 16).map {
    Array(bytes[$0..<min($0 + 1 << 16, bytes.count)])
  }
  let stream = speed(bytes.count) {
    var stream = RedactedStream(redaction)
    for piece in pieces { sink &+= stream.take(piece).count }
    sink &+= stream.finish().count
  }
  let search = speed(bytes.count) {
    bytes.withUnsafeBytes { sink &+= memchr($0.baseAddress!, 1, $0.count) == nil ? 1 : 0 }
  }
  var copy = [UInt8](repeating: 0, count: bytes.count)
  let copying = speed(bytes.count) {
    copy.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { _ = memcpy(target.baseAddress!, $0.baseAddress!, $0.count) }
    }
    sink &+= Int(copy[copy.count / 2])
  }
  print(
    padded(kind.name, 26) + padded("\(whole)", 7) + padded("\(stream)", 8)
      + padded("\(search)", 8) + "\(copying)")
}
if sink == 0 { print("nothing was done") }
