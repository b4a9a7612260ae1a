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
  ///
  /// By its bytes: each read of a chain comes here once or twice for every commit.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let end = Self.endOfSubject(bytes), end > 0 else { return nil }
    var values: [(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
    for line in EventLines.lines(bytes[(end + 2)...]) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      let name = line[..<colon]
      if values.contains(where: { $0.name == name }) { return nil }
      values.append((name, line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }))
    }
    func value(_ name: StaticString) -> String? {
      let found = values.first { value in
        name.withUTF8Buffer { $0.elementsEqual(value.name) }
      }
      return found.map { String(decoding: $0.value, as: UTF8.self) }
    }
    guard let run = value("UET-Run").flatMap({ RunID($0) }), let writer = value("UET-Writer"),
      let epoch = value("UET-Epoch").flatMap({ Int($0) })
    else { return nil }
    let subject = String(decoding: bytes[..<end], as: UTF8.self)
    self.init(subject: subject, run: run, writer: writer, epoch: epoch)
    claim = value("UET-Claim").flatMap { ObjectID($0) }
    checkpoint = value("UET-Checkpoint").flatMap { Int($0) }
    releases = value("UET-Released") == "true"
    if let range = value("UET-Events") {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard ends.count == 2, ends[0] > 0, ends[0] <= ends[1] else { return nil }
      events = ends[0]...ends[1]
    }
  }

  /// Whether the commit may be the root of its chain.
  package var isFirst: Bool { epoch == 1 && claim == nil }

  /// The message of a commit that only holds anchors.
  static func ofAnchors(_ run: RunID) -> String { "anchors of run \(run)\n" }

  /// Where the first empty line begins.
  private static func endOfSubject(_ bytes: [UInt8]) -> Int? {
    let feed = UInt8(ascii: "\n")
    return bytes.indices.dropLast().first { bytes[$0] == feed && bytes[$0 + 1] == feed }
  }
}
