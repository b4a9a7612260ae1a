/// What git asks `proc-receive`: the references of a push that are no references but wishes.
///
/// Source: githooks(5) of git 2.39, "proc-receive".
struct QueueRequest: Hashable {
  let updates: [ReferenceUpdate]
  let options: [String]

  /// So many bytes of a section are read; a push of 1000 long names has fewer.
  static let longest = 16 << 20

  /// Talks with git up to the point at which it waits for the answer.
  init(_ packets: PacketLines, answer: ([UInt8]) throws -> Void) throws {
    let versions = try packets.section(limit: Self.longest)
    guard let version = versions.first, versions.count == 1 else {
      throw PacketLines.Malformed(reason: "git says no version")
    }
    let parts = version.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].elementsEqual("version=1".utf8) else {
      throw PacketLines.Malformed(reason: "git speaks another version of the protocol")
    }
    let features = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
    let hasOptions = features.split(separator: " ").contains("push-options")
    try answer(
      PacketLines.packet("version=1" + (hasOptions ? "\0push-options" : "")) + PacketLines.flush)
    updates = try packets.section(limit: Self.longest).map { line in
      guard let update = ReferenceUpdate(line: line[...]) else {
        throw PacketLines.Malformed(reason: "a command cannot be read")
      }
      return update
    }
    options =
      hasOptions
      ? try packets.section(limit: Self.longest).map { String(decoding: $0, as: UTF8.self) } : []
  }
}

/// What `proc-receive` answers for each reference.
enum QueueAnswer {
  /// Put under another name: git shows that one to who pushed.
  case taken(String, as: String, old: String?, new: String?)
  case done(String)
  case refused(String, reason: String)

  var isTaken: Bool {
    if case .refused = self { false } else { true }
  }

  var packets: [UInt8] {
    switch self {
    case .taken(let name, let other, let old, let new):
      var bytes = PacketLines.packet("ok \(name)") + PacketLines.packet("option refname \(other)")
      if let old { bytes += PacketLines.packet("option old-oid \(old)") }
      if let new { bytes += PacketLines.packet("option new-oid \(new)") }
      return bytes
    case .done(let name): return PacketLines.packet("ok \(name)")
    case .refused(let name, let reason): return PacketLines.packet("ng \(name) \(reason)")
    }
  }
}
