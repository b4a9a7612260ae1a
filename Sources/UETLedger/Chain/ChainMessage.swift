import UETModel

/// A ledger commit's message: a subject for people, trailers for readers of the chain.
package struct ChainMessage: Hashable, Sendable {
  package var subject: String
  package var run: RunID
  package var writer: String
  /// The sequence numbers of the events the commit adds; nil when it adds none.
  package var events: ClosedRange<Int>?
  package var epoch: Int
  /// The commit that took the epoch; nil in that commit itself.
  package var claim: ObjectID?
  /// The sequence number up to which `checkpoint/` is folded; nil when there is none.
  package var checkpoint: Int?
  /// The holder gives the run up with this commit.
  package var releases = false

  package init(subject: String, run: RunID, writer: String, epoch: Int) {
    self.subject = subject
    self.run = run
    self.writer = writer
    self.epoch = epoch
  }

  package var text: String {
    var text = "\(subject)\n\nUET-Run: \(run)\nUET-Writer: \(writer)\nUET-Epoch: \(epoch)\n"
    if let claim { text += "UET-Claim: \(claim.hex)\n" }
    if let events { text += "UET-Events: \(events.lowerBound)-\(events.upperBound)\n" }
    if let checkpoint { text += "UET-Checkpoint: \(checkpoint)\n" }
    if releases { text += "UET-Released: true\n" }
    return text
  }

  /// Reads a message; nil when a trailer that every ledger commit has is missing or malformed.
  package init?(_ text: String) {
    let parts = text.split(separator: "\n\n", maxSplits: 1)
    guard let first = parts.first, let trailers = parts.last, parts.count == 2 else { return nil }
    var values: [Substring: Substring] = [:]
    for line in trailers.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      if values.updateValue(value, forKey: line[..<colon]) != nil { return nil }
    }
    guard let run = values["UET-Run"].flatMap({ RunID(String($0)) }),
      let writer = values["UET-Writer"], let epoch = values["UET-Epoch"].flatMap({ Int($0) })
    else { return nil }
    self.init(subject: String(first), run: run, writer: String(writer), epoch: epoch)
    claim = values["UET-Claim"].flatMap { ObjectID($0) }
    checkpoint = values["UET-Checkpoint"].flatMap { Int($0) }
    releases = values["UET-Released"] == "true"
    if let range = values["UET-Events"] {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard ends.count == 2, ends[0] > 0, ends[0] <= ends[1] else { return nil }
      events = ends[0]...ends[1]
    }
  }
}
