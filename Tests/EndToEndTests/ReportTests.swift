import Foundation
import Testing

/// `git uet report` over real runs.
@Suite struct ReportTests {
  private struct Report: Decodable {
    struct Workstream: Decodable {
      let id: String
      let seconds: Double
      let uses: [String: Double]
      let attempts: Int
      let failures: [String: Int]
    }

    struct Queue: Decodable {
      let integrated: Int
      let gateRuns: Int
    }

    let seconds: Double
    let uses: [String: Double]
    let workers: Int
    let gates: [[String: Value]]
    let queue: Queue
    let workstreams: [Workstream]
  }

  private enum Value: Decodable {
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  private func report(_ scratch: Scratch) throws -> Report {
    let output = try scratch.uet("report", "--json")
    #expect(output.status == 0, "\(output)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Report.self, from: Data(output.text.utf8))
  }

  @Test func saysWhereTheTimeWent() throws {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      "retry: {initial: 0s}\ngates: {GATE: {command: [sh, -c, 'sleep 0.3']}}\n"
        + "integration: {gates: [GATE]}\n")
    try scratch.bundle("ws-a", scope: ["x"], "sleep 0.4; [ $UET_ATTEMPT = 2 ] && echo a > x")
    try scratch.bundle("ws-b", scope: ["x"], "echo b > x")
    try scratch.bundle("ws-c", scope: ["c"], after: ["ws-a"], "echo c > c")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run", "--workers", "3").status == 0)
    let first = try report(scratch)
    #expect(first.workers == 3)
    let uses = Dictionary(uniqueKeysWithValues: first.workstreams.map { ($0.id, $0) })
    let a = try #require(uses["ws-a"])
    #expect(a.attempts == 2 && a.failures == ["E_TOOL_FAILURE": 1])
    #expect(a.uses["work"] ?? 0 > 0.7, "two attempts of 0.4 s: \(a.uses)")
    #expect(uses["ws-b"]?.uses["overlap"] ?? 0 > 0.3, "\(uses["ws-b"]?.uses ?? [:])")
    #expect(uses["ws-c"]?.uses["dependency"] ?? 0 > 0.7, "\(uses["ws-c"]?.uses ?? [:])")
    for each in first.workstreams {
      #expect(abs(each.uses.values.reduce(0, +) - each.seconds) < 0.01, "\(each)")
      #expect(each.seconds <= first.seconds + 0.01)
    }
    #expect(try scratch.uet("integrate", "--land", "main", "--update-checkout").status == 0)
    let second = try report(scratch)
    #expect(second.queue.integrated == 3 && second.queue.gateRuns >= 1)
    #expect(second.uses["queue_gate"] ?? 0 > 0.2, "\(second.uses)")
    #expect(second.seconds > first.seconds)
    let text = try scratch.uet("report").text
    #expect(text.contains("speed-up") && text.contains("waits for what overlaps"), "\(text)")
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    let csv = try scratch.uet("report", "--format", "csv").text.split(separator: "\n")
    #expect(csv.count == 4 && csv[0].hasPrefix("workstream,state,seconds,work,gate,"))
    let markdown = try scratch.uet("report", "--format", "markdown").text
    #expect(markdown.contains("| ws-a |") || markdown.contains("| ws\\-a |"), "\(markdown)")
  }

  @Test func runsAreComparedAndDrawn() throws {
    let scratch = try Scratch()
    try scratch.write("a", "-\n")
    for (name, seconds) in [("ws-a", "0.2"), ("ws-b", "0.4"), ("ws-c", "0.3")] {
      try scratch.bundle(
        name, scope: ["\(name).txt"], extra: "estimated_duration: 1s",
        "sleep \(seconds); echo > \(name).txt")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run", "--workers", "1").status == 0)
    let alone = try scratch.uet("compare")
    #expect(alone.status == 2 && alone.errors.contains("hint:"), "\(alone)")
    #expect(try scratch.uet("run", "--workers", "3").status == 0)
    let text = try scratch.uet("compare")
    #expect(text.status == 0, "\(text)")
    #expect(text.text.contains("3 workstreams have a result in both"), "\(text)")
    #expect(text.text.contains("That may be noise"), "three cannot be more: \(text)")
    let json = try scratch.uet("compare", "--json").text
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let first = (object?["comparisons"] as? [[String: Any]])?.first
    #expect((first?["pairs"] as? [String: Any])?["count"] as? Int == 3, "\(json)")
    #expect(try scratch.uet("compare", "@", "@").status == 2)
    let page = try scratch.uet("report", "--format", "html", "--output", "out.html")
    #expect(page.status == 0 && page.text.isEmpty, "\(page)")
    let html = try #require(scratch.read("out.html"))
    #expect(html.contains("Who did what when") && html.contains("as it was planned"))
    #expect(try scratch.uet("report").text.contains("planned: 1.0 s"))
  }

  /// Without a program that makes one it is said, and nothing is written.
  @Test func aPDFNeedsAProgramForIt() throws {
    let scratch = try Scratch()
    let unnamed = try scratch.uet("report", "--format", "pdf")
    #expect(unnamed.status == 2 && unnamed.errors.contains("--output"), "\(unnamed)")
    var environment = scratch.environment
    environment["PATH"] = "/nonexistent"
    let output = try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path,
      ["report", "--format", "pdf", "--output", "out.pdf"], scratch.path, environment
    ).finish()
    #expect(output.status == 2 && output.errors.contains("apt install weasyprint"), "\(output)")
    #expect(scratch.read("out.pdf") == nil)
  }

  @Test func aRunThatGoesOnIsShown() throws {
    let scratch = try Scratch()
    let gate = scratch.path + "/go"
    try scratch.bundle(
      "ws-a", scope: ["a"], "until [ -e '\(gate)' ]; do sleep 0.05; done; echo > a")
    let running = try scratch.running(["run"])
    try scratch.wait("the start") { running.printed.contains("ws-a started") }
    let before = try report(scratch).seconds
    try scratch.wait("time") { try report(scratch).seconds > before + 0.2 }
    try Data().write(to: URL(fileURLWithPath: gate))
    #expect(running.finish().status == 0)
    let missing = try scratch.uet("report", "nothing")
    #expect(missing.status == 2, "\(missing)")
  }
}
