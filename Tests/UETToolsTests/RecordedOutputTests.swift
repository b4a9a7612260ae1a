import Foundation
import Testing
import UETModel
import UETTestSupport

@testable import UETTools

/// Output that was recorded from the real programs, where this machine has it.
@Suite(.enabled(if: RecordedOutput.isThere, "no recorded output on this machine"))
struct RecordedOutputTests {
  private typealias Expected = (
    file: String, adapter: any ToolAdapter.Type, status: Int32, outcome: String, requests: Int
  )

  /// `requests` of the model were answered, each with the mock's figures.
  private static let expected: [Expected] = [
    ("claude-2.1.332-401-retried.rc1.jsonl", Claude.self, 1, "notLoggedIn", 0),
    ("claude-2.1.332-429-retried.rc1.jsonl", Claude.self, 1, "rateLimited", 0),
    ("claude-2.1.332-budget.rc1.jsonl", Claude.self, 1, "outOfBudget", 2),
    ("claude-2.1.332-max-turns.rc1.jsonl", Claude.self, 1, "turnLimit", 2),
    ("claude-budget.rc1.jsonl", Claude.self, 1, "outOfBudget", 1),
    ("claude-err.rc1.jsonl", Claude.self, 1, "notLoggedIn", 0),
    ("claude-json.rc0.jsonl", Claude.self, 0, "done", 1),
    ("claude-stream-json-after-resume.rc0.jsonl", Claude.self, 0, "done", 1),
    ("claude-stream-json.rc0.jsonl", Claude.self, 0, "done", 1),
    ("codex-401.rc1.jsonl", Codex.self, 1, "notLoggedIn", 0),
    ("codex-429.rc1.jsonl", Codex.self, 1, "rateLimited", 0),
    ("codex-err.rc1.jsonl", Codex.self, 1, "notLoggedIn", 0),
    ("codex-ok.rc0.jsonl", Codex.self, 0, "done", 1),
    ("aider-429.rc0.txt", Aider.self, 0, "rateLimited", 0),
    ("aider-auth-failure.rc0.txt", Aider.self, 0, "notLoggedIn", 0),
    ("aider.rc0.txt", Aider.self, 0, "done", 1),
    ("gptme-401.rc76.txt", Gptme.self, 76, "notLoggedIn", 0),
    ("gptme-429.rc75.txt", Gptme.self, 75, "rateLimited", 0),
    ("gptme-json.rc0.jsonl", Gptme.self, 0, "done", 4),
    ("kimi-1.51.0-401.rc1.txt", Kimi.self, 1, "notLoggedIn", 0),
    ("kimi-1.51.0-429.rc75.txt", Kimi.self, 75, "rateLimited", 0),
    ("kimi-1.51.0-max-steps.rc1.jsonl", Kimi.self, 1, "turnLimit", 0),
    ("kimi-1.51.0-stream-json.rc0.jsonl", Kimi.self, 0, "done", 0),
    ("kimi-1.52.0-retired.rc0.txt", Kimi.self, 0, "unusable", 0),
    ("openhands-401.rc0.jsonl", OpenHands.self, 0, "notLoggedIn", 0),
    ("openhands-json.rc0.jsonl", OpenHands.self, 0, "done", 0),
    ("vibe-429.rc2.txt", Vibe.self, 2, "rateLimited", 0),
    ("gptme-acp-401.jsonl", ACP.self, 0, "notLoggedIn", 0),
    ("gptme-acp-cancel-unanswered.jsonl", ACP.self, 0, "interrupted", 0),
    ("kimi-1.51.0-acp-login-required.jsonl", ACP.self, 0, "notLoggedIn", 0),
    ("openhands-acp.jsonl", ACP.self, 0, "done", 2),
    ("openhands-acp-cancel-ends-turn-late.jsonl", ACP.self, 0, "interrupted", 1),
    ("vibe-acp.jsonl", ACP.self, 0, "done", 2),
    ("vibe-acp-401.jsonl", ACP.self, 0, "notLoggedIn", 0),
    ("vibe-acp-cancel.jsonl", ACP.self, 0, "interrupted", 1),
  ]

  @Test func eachOutputIsUnderstood() throws {
    for (file, adapter, status, outcome, requests) in Self.expected {
      let output = try #require(RecordedOutput.read(file))
      var transcript = Transcript("", .exited(status))
      transcript.output = output
      let end = transcript.read(by: adapter)
      #expect("\(end.outcome)".hasPrefix(outcome), "\(file): \(end.outcome)")
      // Of the mock model: 50 tokens back for each request.
      #expect(end.usage.total.output == 50 * requests, "\(file): \(end.usage.total)")
    }
  }

  private static let files: [(String, any ToolAdapter.Type, String, String, Int)] = [
    ("mini-trajectory.rc0.json", Mini.self, "/s/t.json", "done", 2),
    ("mini-trajectory-limit.rc0.json", Mini.self, "/s/t.json", "turnLimit", 2),
    ("mini-trajectory-401.rc1.json", Mini.self, "/s/t.json", "notLoggedIn", 0),
    ("vibe-export.rc0.json", Vibe.self, "/s/export.json", "done", 2),
    ("vibe-export-401.rc1.json", Vibe.self, "/s/export.json", "notLoggedIn", 0),
    ("vibe-export-price-limit.rc3.json", Vibe.self, "/s/export.json", "outOfBudget", 2),
    ("vibe-export-sigterm.rc3.json", Vibe.self, "/s/export.json", "interrupted", 1),
    ("vibe-export-time-limit.rc3.json", Vibe.self, "/s/export.json", "interrupted", 0),
    ("vibe-export-turn-limit.rc3.json", Vibe.self, "/s/export.json", "turnLimit", 3),
  ]

  @Test func eachFileIsUnderstood() throws {
    for (file, adapter, path, outcome, requests) in Self.files {
      var transcript = Transcript("", .exited(0))
      transcript.files = [(path, try #require(RecordedOutput.read(file)))]
      let end = transcript.read(by: adapter)
      #expect("\(end.outcome)".hasPrefix(outcome), "\(file): \(end.outcome)")
      #expect(end.usage.total.output == 50 * requests, "\(file): \(end.usage.total)")
      #expect(end.usage.total.wholeInput == 1000 * requests, "\(file): \(end.usage.total)")
    }
  }

  /// A program may be killed at any byte of what it writes.
  @Test func nothingThatIsCutShortTrapsOrCountsMore() throws {
    let step = isLong ? 1 : 41
    for (file, adapter, _, _, _) in Self.expected {
      let output = try #require(RecordedOutput.read(file))
      var whole = Transcript("", .signalled(9))
      whole.output = output
      let most = whole.read(by: adapter).usage.total
      for length in stride(from: 0, to: output.count, by: step) {
        var transcript = whole
        transcript.output = Array(output[..<length])
        let end = transcript.read(by: adapter)
        #expect(end.usage.total.output <= most.output, "\(file) cut at \(length)")
      }
    }
    for (file, adapter, path, _, _) in Self.files {
      let content = try #require(RecordedOutput.read(file))
      for length in stride(from: 0, to: content.count - 1, by: step) {
        var transcript = Transcript("", .signalled(9))
        transcript.files = [(path, Array(content[..<length]))]
        #expect(transcript.read(by: adapter).usage.isEmpty, "\(file) cut at \(length)")
      }
    }
  }
}

/// The folder of recorded output.
enum RecordedOutput {
  static var isThere: Bool { read("codex-ok.rc0.jsonl") != nil }

  static func read(_ name: String) -> [UInt8]? {
    let beside = URL(filePath: #filePath).appending(path: "../../../../shared").standardizedFileURL
    let base = ProcessInfo.processInfo.environment["UET_SHARED"] ?? beside.path
    return FileManager.default.contents(atPath: base + "/data/agent-output/" + name).map {
      Array($0)
    }
  }
}
