import Foundation
import Testing

/// What workers report of tokens is added up; nothing else is.
@Suite struct CostTests {
  @Test func reportsAreAddedUpByWorkstreamModelAndTool() throws {
    let scratch = try Scratch()
    func signal(_ model: String, _ input: Int, _ output: Int) -> String {
      "git-uet signal usage --model \(model) --input \(input) --output \(output)\n"
    }
    try scratch.bundle(
      "ws-a", scope: ["a"], signal("large", 1000, 200) + signal("small", 10, 2) + "touch a")
    try scratch.bundle("ws-b", scope: ["b"], signal("small", 5, 1) + "touch b")
    #expect(try scratch.uet("run").status == 0)
    let cost = try scratch.uet("cost")
    #expect(cost.status == 0, "\(cost)")
    let lines = cost.text.split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    #expect(
      lines == [
        "run \(try scratch.onlyRun())", "reports input cached output cost unpriced",
        "ws-a 2 1010 0 202 - 2", "ws-b 1 5 0 1 - 1", "total 3 1015 0 203 - 3",
      ], "\(cost)")
    #expect(cost.errors.contains("3 of 3 reports have no cost"), "\(cost)")
    let models = try scratch.uet("cost", "--by", "model", "--json")
    let parsed = try JSONSerialization.jsonObject(with: Data(models.text.utf8))
    let document = try #require(parsed as? [String: Any])
    #expect(document["version"] as? Int == 1)
    let entries = try #require(document["lines"] as? [[String: Any]])
    #expect(entries.map { $0["name"] as? String } == ["large", "small"])
    #expect(entries.map { $0["input_tokens"] as? Int } == [1000, 15])
    #expect((document["total"] as? [String: Any])?["reports"] as? Int == 3)
    #expect(try scratch.uet("cost", "--by", "tool").text.contains("shell"))
    let steps = try scratch.uet("cost", "--by", "step", "--format", "csv")
    #expect(
      steps.text.split(separator: "\n") == [
        "step,reports,unpriced,input_tokens,cached_tokens,output_tokens,cost_usd,least_usd",
        "ws-a.1,2,2,1010,0,202,,", "ws-b.1,1,1,5,0,1,,",
      ], "\(steps)")
    #expect(try scratch.uet("cost", "--by", "phase").text.contains("(none named)  "))
    #expect(try scratch.uet("cost", "--by", "colour").status == 2)
    #expect(try scratch.uet("cost", "nowhere").status == 2)
  }

  /// What workers name may be anything: it makes no field and no line more.
  @Test func namesOfWorkersStayInTheirField() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      #"git-uet signal usage --model 'a,"b"' --input 1 --output 1; touch a"#)
    #expect(try scratch.uet("run").status == 0)
    let cost = try scratch.uet("cost", "--by", "model", "--format", "csv")
    let lines = cost.text.split(separator: "\n")
    #expect(lines.count == 2 && lines.last?.hasPrefix(#""a,""b""","#) == true, "\(cost)")
  }

  @Test func nothingReportedIsSaid() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "touch a")
    #expect(try scratch.uet("run").status == 0)
    let cost = try scratch.uet("cost")
    #expect(cost.status == 0 && cost.text.contains("nothing was reported"), "\(cost)")
    #expect(cost.errors.contains("hint: "), "\(cost)")
  }
}
