import Foundation
import Testing
import UETTestSupport

/// `git uet advise` after real runs.
@Suite struct AdviseTests {
  private struct Document: Decodable {
    struct Interval: Decodable {
      let mean: Double
      let low: Double
      let high: Double
    }

    struct Advice: Decodable {
      let kind: String
      let proposed: String
      let gain: Interval
      let whole: Double
      let steps: [String]
    }

    struct Silence: Decodable {
      let kind: String
      let reason: String
    }

    let results: Int
    let advice: [Advice]
    let noChange: [Silence]
  }

  private func document(_ scratch: Scratch) throws -> Document {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let text = try scratch.uet("advise", "--format", "json", "--trials", "96").text
    return try decoder.decode(Document.self, from: Data(text.utf8))
  }

  @Test func oneWorkerIsTooFewAndASharedScopeTooWide() throws {
    let scratch = try Scratch()
    let early = try scratch.uet("advise")
    #expect(early.status == 2 && early.errors.contains("hint:"), "\(early)")
    try scratch.write("a", "-\n")
    for name in ["ws-a", "ws-b", "ws-c", "ws-d"] {
      try scratch.bundle(name, scope: ["\(name).txt"], "sleep 0.4; echo > \(name).txt")
    }
    for name in ["ws-x", "ws-y", "ws-z"] {
      try scratch.bundle(
        name, scope: ["api/**"], "sleep 0.5; mkdir -p api/\(name); echo > api/\(name)/a")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run", "--workers", "1").status == 0)
    try scratch.git("config", "uet.run.workers", "1")
    let first = try document(scratch)
    #expect(first.results == 7)
    let workers = try #require(first.advice.first { $0.kind == "workers" })
    #expect(["3", "4"].contains(workers.proposed), "\(workers)")
    #expect(workers.gain.low > 0 && workers.gain.high < workers.whole, "\(workers)")
    let caution = "no more than 1 worked at a time so far"
    #expect(try scratch.uet("advise").text.contains(caution))
    #expect(!first.advice.contains { $0.kind == "scope" }, "one worker waits for nothing else")
    #expect(first.noChange.contains { $0.kind == "budget" })
    try scratch.git("config", "uet.run.workers", workers.proposed)
    #expect(try scratch.uet("run").status == 0)
    let second = try document(scratch)
    #expect(!second.advice.contains { $0.kind == "workers" }, "\(second.advice)")
    let scope = try #require(second.advice.first { $0.kind == "scope" }, "\(second)")
    #expect(scope.steps.contains { $0.contains("'api/**' becomes 'api/ws-x/'") }, "\(scope)")
    for text in [try scratch.uet("advise").text, try scratch.uet("advise", "--long").text] {
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
    }
    #expect(try scratch.uet("advise", "--plan", "nowhere").status == 2)
    #expect(try scratch.uet("advise", "--plan", "workstreams").status == 0)
  }
}
