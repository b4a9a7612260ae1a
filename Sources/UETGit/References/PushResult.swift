import UETModel

/// What came of a push.
package enum PushResult: Sendable {
  /// The other side cannot change several references at once; nothing was changed.
  case cannotBeAtomic
  case ended(Ended)

  package struct Ended: Sendable {
    /// The updates that the other side took.
    package fileprivate(set) var taken: [PushUpdate] = []
    package fileprivate(set) var refused: [Refusal] = []
  }

  /// Why an update was not taken.
  package struct Refusal: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
      /// Someone else changed it meanwhile, or holds its lock: another try may do.
      case moved
      /// Only because another of the same push was refused.
      case withOthers
      /// The host hides the name and lets nobody write to it.
      case hidden
      /// A hook, or a rule that the host has for the name, said no.
      case declined
      /// The host looked at the objects and did not like them.
      case objects
      case other
    }

    package let update: PushUpdate
    package let reason: Reason
    /// What git said, and the host where it gave a reason.
    package let text: String

    package init(update: PushUpdate, reason: Reason, text: String) {
      (self.update, self.reason, self.text) = (update, reason, text)
    }
  }

  /// Reads what `git push --porcelain` printed; `said` is its standard error.
  init(porcelain: String, said: String, _ updates: [PushUpdate]) {
    let byName = Dictionary(updates.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let words = Self.words(of: said)
    var ended = Ended()
    for line in porcelain.split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let colon = parts[1].lastIndex(of: ":"),
        let update = byName[String(parts[1][parts[1].index(after: colon)...])]
      else { continue }
      if parts[0] == "!" {
        let summary = String(parts[2])
        let reason = Self.reason(summary, said)
        let text = [.declined, .objects, .other].contains(reason) ? words ?? summary : summary
        ended.refused.append(Refusal(update: update, reason: reason, text: text))
      } else {
        ended.taken.append(update)
      }
    }
    self = .ended(ended)
  }

  private static func reason(_ summary: String, _ said: String) -> Refusal.Reason {
    func says(_ words: [String]) -> Bool { words.contains { summary.contains($0) } }
    if says(["atomic push failed", "atomic transaction failed", "atomic push failure"]) {
      return .withOthers
    }
    // Said by the host, this is a rule of its own; said by git here, somebody else was faster.
    if summary.hasPrefix("[remote rejected]"), says(["non-fast-forward"]) { return .declined }
    if says([
      "stale info", "fetch first", "non-fast-forward", "failed to update ref", "cannot lock ref",
      "incorrect old value", "reference already exists", "failed to lock", "needs force",
      "remote ref updated since checkout",
    ]) {
      return .moved
    }
    if says(["hidden ref"]) { return .hidden }
    if says(["unpacker error", "index-pack", "missing necessary objects"]) {
      // A full disk of the host is no complaint about the objects.
      return said.contains("fsck") || said.contains("object ") ? .objects : .other
    }
    if says(["hook declined", "declined", "prohibited", "denied", "deny", "protected"]) {
      return .declined
    }
    return .other
  }

  /// The first complaint of a host that says what to do about it as well, as one line.
  private static func complaint(_ lines: [String]) -> String? {
    guard let start = lines.firstIndex(where: { $0.hasPrefix("error: ") }),
      let end = lines[start...].firstIndex(where: { $0.hasPrefix("hint: ") })
    else { return nil }
    return String(lines[start..<end].joined(separator: " ").dropFirst(7))
  }

  /// The host's last words, without what git adds on its own.
  private static func words(of said: String) -> String? {
    let lines = said.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("remote: ") }
      .map { line in
        String(line.dropFirst(8)).split(separator: " ").joined(separator: " ")
      }
    let telling = lines.filter { line in
      !line.isEmpty && !line.contains("% (") && !line.hasPrefix("Total ")
        && !line.hasPrefix("error: hook declined")
    }
    return telling.isEmpty ? nil : complaint(telling) ?? telling.suffix(2).joined(separator: "; ")
  }
}
