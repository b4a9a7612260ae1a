import UETModel
import UETTools

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Prints what it costs to fold the output of agent programs, as a share of one core at 10 MB/s.
/// `agents-benchmark [MEGABYTES]`: of so many each, 64 if nothing is said.
let megabytes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 64

/// Output as each program prints it at work: mostly what its commands printed.
func output(of name: String, count: Int) -> [UInt8] {
  let printed = String(repeating: "src/parser.c:120: a line that a command printed\\n", count: 80)
  let plain = "  src/parser.c:120:  if (token->kind == COMMA && peek(parser)->kind == CLOSE)"
  let lines: [String] =
    switch name {
    case "claude":
      [
        #"{"type":"assistant","message":{"id":"m","content":[{"type":"tool_use","input":{"command":"make"}}]}}"#,
        #"{"type":"user","message":{"content":[{"type":"tool_result","content":"\#(printed)"}]}}"#,
      ]
    case "codex":
      [
        #"{"type":"item.started","item":{"id":"i","type":"command_execution","command":"make"}}"#,
        #"{"type":"item.completed","item":{"id":"i","type":"command_execution","aggregated_output":"\#(printed)"}}"#,
      ]
    case "gptme":
      [#"{"type": "message", "role": "system", "content": "\#(printed)", "call_id": "c"}"#, plain]
    case "kimi": [#"{"role":"tool","content":"\#(printed)","tool_call_id":"c"}"#, plain]
    case "openhands":
      [
        #"{"id": "5", "timestamp": "2026-11-29T15:03:44", "source": "environment", "observation": "#
          + #"{"content": "\#(printed)"}, "kind": "ObservationEvent"}"#
      ]
    case "vibe":
      [
        #"{"id":"e","sessionId":"s","turnId":"t","type":"effect","detail":{"output":"\#(printed)"}}"#
      ]
    default: [plain]
    }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count + 8192)
  while bytes.count < count { for line in lines { bytes += Array(line.utf8) + [0x0A] } }
  return bytes
}

/// Seconds of a processor that this process has used: the machine may be busy with other work.
func used() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}

print(padded("program", 11) + "MB/s   share of a core at 10 MB/s (limit: 1 %)")
for adapter in AgentPrograms.all {
  let bytes = output(of: adapter.name, count: megabytes * 1_000_000)
  let request = ToolRequest(
    program: adapter.name, prompt: "", promptFile: "", folder: "", scratch: "", sessionName: "s")
  var seconds = Double.infinity
  for _ in 0..<3 {
    var reading = adapter.reading(of: request)
    var splitter = LineSplitter()
    let start = used()
    for place in stride(from: 0, to: bytes.count, by: 1 << 16) {
      splitter.feed(bytes[place..<min(place + 1 << 16, bytes.count)]) { reading.take(line: $0) }
    }
    splitter.finish { reading.take(line: $0) }
    seconds = min(seconds, used() - start)
  }
  let speed = Double(bytes.count) / 1e6 / seconds
  let share = (1000 / speed * 100).rounded() / 100
  print(padded(adapter.name, 11) + padded(String(Int(speed)), 7) + "\(share) %")
}
