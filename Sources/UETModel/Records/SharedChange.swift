/// Something that moved, while workers were at work, in what all worktrees share or in what is the
/// user's own.
package struct SharedChange: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case configuration
    case userConfiguration = "user_configuration"
    /// Attributes, ignore rules, alternates, grafts.
    case info, hook, reference, stash
    /// What a worker left in the stash; the name is that of the reference that keeps it.
    case left
    /// HEAD of the user's checkout.
    case head
    /// A file of the user's checkout, and one that is staged there.
    case file, staged
    /// A file of a worktree in which no attempt runs; the name begins with the workstream.
    case worktree
    /// A file by which a worktree and its repository find each other.
    case link
  }

  package var kind: Kind
  /// A setting, a full reference name or a path; never a value, which may be a secret.
  package var name: String
  /// Whether nobody but a worker has a reason to change it while a run goes on.
  package var isProtected: Bool
  /// Whether it is as before again.
  package var isRestored = false
  /// What a reference pointed to.
  package var old: ObjectID?

  package init(
    _ kind: Kind, _ name: String, isProtected: Bool, isRestored: Bool = false, old: ObjectID? = nil
  ) {
    self.kind = kind
    self.name = name
    self.isProtected = isProtected
    self.isRestored = isRestored
    self.old = old
  }
}

extension SharedChange {
  /// For people: what it is, and that it is put back.
  package var text: String { [self].text(1) }

  /// Words before and behind the names of several of a kind.
  fileprivate static func words(_ kind: Kind, isOne: Bool) -> (noun: String, place: String) {
    switch kind {
    case .configuration: (isOne ? "setting" : "settings", " of the repository")
    case .userConfiguration: (isOne ? "setting" : "settings", " of the user")
    case .info: (isOne ? "file" : "files", " of .git")
    case .hook: (isOne ? "hook" : "hooks", "")
    case .reference: (isOne ? "reference" : "references", "")
    case .stash: (isOne ? "stash entry" : "stash entries", "")
    case .left: ("left in the stash, kept as", "")
    case .head: ("", " of the checkout")
    case .file: (isOne ? "file" : "files", " of the checkout")
    case .staged: ("staged", " in the checkout")
    case .worktree: (isOne ? "file" : "files", " of a finished worktree")
    case .link: (isOne ? "link" : "links", " between a worktree and the repository")
    }
  }

  package var json: JSONValue {
    var object = JSONObject([("kind", .string(kind.rawValue)), ("name", .string(name))])
    if isProtected { object.append("protected", true) }
    if isRestored { object.append("restored", true) }
    object.append("old", .commit(old))
    return .object(object)
  }

  /// nil for what a newer version may write.
  package init?(json: JSONValue) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init), let name = json["name"]?.string else {
      return nil
    }
    self.init(
      kind, name, isProtected: json["protected"]?.bool ?? false,
      isRestored: json["restored"]?.bool ?? false, old: json["old"]?.objectID)
  }
}

extension [SharedChange] {
  /// All of them on one line, so many names of each kind, the graver ones first.
  package func text(_ limit: Int) -> String {
    let sorted = filter(\.isProtected) + filter { !$0.isProtected }
    var groups: [[SharedChange]] = []
    for change in sorted {
      let place = groups.firstIndex { group in
        group[0].kind == change.kind && group[0].isRestored == change.isRestored
      }
      if let place { groups[place].append(change) } else { groups.append([change]) }
    }
    return groups.map { Self.text(of: $0, limit) }.joined(separator: "; ")
  }

  private static func text(of group: [SharedChange], _ limit: Int) -> String {
    let first = group[0]
    let words = SharedChange.words(first.kind, isOne: group.count == 1)
    let names = group.prefix(limit).map { change in
      let name = change.kind == .head ? change.name : "'\(change.name)'"
      return name + (change.old.map { " (was \($0.short))" } ?? "")
    }
    let more = group.count > limit ? " and \(group.count - limit) more" : ""
    return (words.noun.isEmpty ? "" : words.noun + " ") + names.joined(separator: ", ") + more
      + words.place + (first.isRestored ? ", put back" : "")
  }
}
