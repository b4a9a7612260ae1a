import UETLedger
import UETModel

/// What is wrong with the names that a push changes, whatever they lead to. Pure.
struct NameRules {
  let policy: PushPolicy
  /// All references that the host has: asked for only where a name is new.
  let existing: () throws -> [String]

  /// The first thing that is wrong with each.
  func refusals(
    _ updates: [(update: ReferenceUpdate, kind: PushedKind)]
  ) throws -> [PushRefusal] {
    if let refusal = number(updates.count) { return [refusal] }
    var refusals: [PushRefusal] = []
    for (update, kind) in updates where update.new != nil || kind.isNobodysToDelete {
      if let refusal = fault(update.name, kind) { refusals.append(refusal) }
    }
    guard refusals.isEmpty else { return refusals }
    // Nothing is ever at 'refs/for'; topics have a rule of their own.
    return try twins(
      updates.filter {
        $0.update.old == nil && $0.update.new != nil && $0.kind != .queue && $0.kind != .order
      }
      .map(\.update.name))
  }

  private func number(_ count: Int) -> PushRefusal? {
    let limit = policy.settings.maxRefs
    guard count > limit else { return nil }
    return PushRefusal(
      nil, "the push changes \(count) references; \(limit) at once are taken (server.max_refs)",
      hint: "push them in parts: git push origin NAME NAME ...")
  }

  private func fault(_ name: String, _ kind: PushedKind) -> PushRefusal? {
    switch kind {
    case .replacement:
      return PushRefusal(
        name, "replacements are not taken: they would show other objects than there are",
        hint: "push what replaces as a branch: git push origin COMMIT:refs/heads/NAME")
    case .ofOneClone:
      return PushRefusal(
        name, "the name is one that each clone keeps for itself",
        hint: "share the record with: git uet sync")
    case .misplaced:
      return PushRefusal(
        name, "nothing of this name is part of a run or of the record",
        hint: "name it outside of there: git push origin HEAD:refs/heads/TOPIC")
    default: break
    }
    if !name.unicodeScalars.allSatisfy(\.isHarmless) {
      return PushRefusal(
        name, "the name holds characters that hide or reorder text",
        hint: "give it a plain name: git push origin HEAD:refs/heads/NAME")
    }
    if name.split(separator: "/").contains(where: { $0.hasPrefix("-") }) {
      return PushRefusal(
        name, "a part of the name begins with '-', as options do",
        hint: "give it another name: git push origin HEAD:refs/heads/NAME")
    }
    return ambiguity(name, kind)
  }

  /// Names that git takes for something else, where a person types the end of them.
  private func ambiguity(_ name: String, _ kind: PushedKind) -> PushRefusal? {
    guard kind == .branch || kind == .tag else { return nil }
    let prefix = kind == .tag ? "refs/tags/" : "refs/heads/"
    let short = String(name.dropFirst(prefix.utf8.count))
    let folded = short.lowercased()
    let other: String? =
      if ["head", "fetch_head", "orig_head", "merge_head"].contains(folded) {
        "git's own '\(short)'"
      } else if folded.hasPrefix("refs/") || ObjectID(short) != nil {
        "another reference or a commit"
      } else if kind == .tag, policy.isProtected("refs/heads/" + short) {
        "the branch '\(short)'"
      } else {
        nil
      }
    guard let other else { return nil }
    return PushRefusal(
      name, "the name could be taken for \(other.terminalSafe)",
      hint: "give it another name: git push origin HEAD:\(prefix)NAME")
  }

  /// New names that differ from others by case alone, which are the same file on many systems.
  private func twins(_ names: [String]) throws -> [PushRefusal] {
    guard !names.isEmpty else { return [] }
    var taken: [String: String] = [:]
    for name in try existing() { note(name, in: &taken) }
    var refusals: [PushRefusal] = []
    for name in names {
      if let twin = twin(of: name, in: taken) {
        refusals.append(
          PushRefusal(
            name, "the name differs from '\(twin.terminalSafe)' by case or spelling alone",
            hint: "use that one, or another: git push origin HEAD:refs/heads/NAME"))
      }
      note(name, in: &taken)
    }
    return refusals
  }

  /// Each name with all folders above it: `Feature/a` beside `feature/b` is two folders or one.
  private func note(_ name: String, in taken: inout [String: String]) {
    for part in Self.beginnings(name) where taken[part.lowercased()] == nil {
      taken[part.lowercased()] = part
    }
  }

  private func twin(of name: String, in taken: [String: String]) -> String? {
    for part in Self.beginnings(name) {
      if let other = taken[part.lowercased()], !other.utf8.elementsEqual(part.utf8) { return other }
    }
    return nil
  }

  private static func beginnings(_ name: String) -> [String] {
    var result = [name]
    var rest = Substring(name)
    while let slash = rest.lastIndex(of: "/") {
      rest = rest[..<slash]
      result.append(String(rest))
    }
    return result
  }
}
