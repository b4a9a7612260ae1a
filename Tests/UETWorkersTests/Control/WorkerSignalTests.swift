import Testing
import UETModel

@testable import UETWorkers

/// What workers report: the request and its validation.
@Suite struct WorkerSignalTests {
  private func read(_ text: String) throws(ProcessError) -> WorkerReport {
    guard let json = try? JSONValue(parsing: text) else { throw .malformed("test") }
    return try WorkerReport(json: json)
  }

  private func report(_ members: String) throws(ProcessError) -> WorkerSignal {
    try read(#"{"workstream":"ws-a","attempt":2,"token":"t",\#(members)}"#).signal
  }

  @Test func roundTrip() throws {
    let id = try #require(WorkstreamID("ws-a"))
    let other = try #require(WorkstreamID("ws-b"))
    let signals: [WorkerSignal] = [
      .progress(percent: 0, message: nil), .progress(percent: 100, message: "done\\ \"x\""),
      .progress(percent: nil, message: "…"), .heartbeat,
      .usage(model: "m", input: 0, output: 1_000_000_000_000), .dependsOn(other),
    ]
    for signal in signals {
      let report = WorkerReport(workstream: id, attempt: 3, token: "secret", signal: signal)
      #expect(try WorkerReport(json: report.json) == report)
      #expect(try read(report.json.encoded()) == report)
    }
  }

  @Test(arguments: [
    #"{}"#, #"[]"#, #"null"#, #"{"do":"heartbeat"}"#,
    #"{"do":"heartbeat","workstream":"a","attempt":1,"token":"t"}"#,
    #"{"do":"heartbeat","workstream":"ws-a","attempt":0,"token":"t"}"#,
    #"{"do":"heartbeat","workstream":"ws-a","attempt":"1","token":"t"}"#,
    #"{"do":"heartbeat","workstream":"ws-a","attempt":1,"token":""}"#,
    #"{"do":"heartbeat","workstream":"ws-a","attempt":1,"token":7}"#,
    #"{"do":"launch","workstream":"ws-a","attempt":1,"token":"t"}"#,
    #"{"do":1,"workstream":"ws-a","attempt":1,"token":"t"}"#,
    #"{"workstream":"ws-a","attempt":1,"token":"t"}"#,
  ])
  func refusesWhatIsNoSignal(text: String) {
    #expect(throws: ProcessError.self) { try read(text) }
  }

  @Test(arguments: [
    #""do":"progress""#, #""do":"progress","percent":-1"#, #""do":"progress","percent":100.5"#,
    #""do":"progress","percent":"40""#, #""do":"progress","percent":1e300"#,
    #""do":"progress","percent":1,"message":["x"]"#,
    #""do":"usage","model":"","input":1,"output":1"#,
    #""do":"usage","model":"m","input":-1,"output":1"#,
    #""do":"usage","model":"m","input":1.5,"output":1"#,
    #""do":"usage","model":"m","input":1"#,
    #""do":"usage","model":"m","input":2000000000000,"output":1"#,
    #""do":"depends-on""#, #""do":"depends-on","depends_on":"../x""#,
  ])
  func refusesBadValues(members: String) {
    #expect(throws: ProcessError.self) { try report(members) }
  }

  @Test func acceptsWhatIsClose() throws {
    #expect(
      try report(#""do":"progress","percent":39.9,"message":null,"more":[1]"#)
        == .progress(percent: 39, message: nil))
  }

  @Test func textsAreMadeHarmless() throws {
    let escape = #""do":"progress","message":"a\u001b[31m\n\u202eb\u0000é""#
    #expect(
      try report(escape) == .progress(percent: nil, message: "a\\u001b[31m\\u000a\\u202eb\\u0000é"))
    let long = String(repeating: "é", count: 5000)
    guard case .progress(_, let text?) = try report(#""do":"progress","message":"\#(long)""#) else {
      Issue.record("no text")
      return
    }
    #expect(text.utf8.count <= 1000 && text.utf8.count > 990 && text.hasSuffix("é…"))
    #expect("12345".harmless(limit: 5) == "12345")
    #expect("123456".harmless(limit: 5) == "12…")
    #expect("".harmless(limit: 5) == "")
    #expect("a\u{ad}b\u{fff9}\u{fffb}".harmless(limit: 99) == "a\\u00adb\\ufff9\\ufffb")
  }
}
