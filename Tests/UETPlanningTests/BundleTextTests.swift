import Testing
import UETModel
import UETPlanning
import UETTestSupport

@Suite struct BundleTextTests {
  private static let words = [
    "plain", "true", "null", "~", "a b", "- x", "a: b", "# c", "'q'", "\"d\"", "é\u{202E}", "\t",
    "two\nlines", "two\n  indented\n\nlines", "end\n", " lead", "{a}", "[b]", "*", "src/**", "1.5",
    "y", "on", "a\\b", "%", "@x", "!tag", "&anchor", ">", "|", "0x1F", "x\u{1}y",
  ]

  /// Whatever is said, it is read as it was meant, in both formats.
  @Test func whatIsWrittenIsRead() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for round in 0..<300 {
      let tasks = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        Self.words.randomElement(using: &generator)!
      }
      var text = BundleText(
        WorkstreamID("ws-\(round)")!, tasks: tasks, writes: ["src/**", "a b/c", "-x"],
        tool: ["claude", "on", "my-agent", "2nd"].randomElement(using: &generator)!)
      text.creates = ["docs/new.md"]
      text.reads = Bool.random(using: &generator) ? ["lib/*.h"] : []
      text.gates = ["GATE_UNIT"]
      for ending in [".yaml", ".json"] {
        let file = text.file(in: "w", ending: ending)
        #expect(file.path == "w/ws-\(round)\(ending)")
        let loaded = BundleLoader.load([file])
        let source = String(decoding: file.bytes, as: UTF8.self)
        #expect(!loaded.diagnostics.hasErrors, "seed \(seed): \(loaded.diagnostics) \(source)")
        let workstream = try #require(loaded.workstreams.first)
        #expect(workstream.tasks == tasks, "seed \(seed): \(source)")
        #expect(workstream.tool == text.tool && workstream.gates.map(\.name) == ["GATE_UNIT"])
        #expect(workstream.scope.writes.map(\.text) == text.writes, "seed \(seed): \(source)")
        #expect(workstream.scope.reads.map(\.text) == text.reads, "seed \(seed): \(source)")
      }
    }
  }

  @Test func theFormatIsThatOfMostFiles() {
    func ending(_ names: String...) -> String {
      BundleText.ending(of: names.map { BundleFile(path: $0, bytes: []) })
    }
    #expect(ending() == ".yaml" && ending("a.json") == ".json")
    #expect(ending("a.json", "b.yml", "c.yml") == ".yml" && ending("a.json", "b.yaml") == ".yaml")
  }
}
