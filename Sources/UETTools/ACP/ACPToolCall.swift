import UETModel

extension ToolPolicy {
  /// nil where it is allowed, else why not.
  ///
  /// `paths` are the places that an edit touches: absolute, without links, or nil for one that is
  /// not below `folder`.
  func objection(to call: ACPToolCall, at paths: [String?]) -> String? {
    guard call.isEdit else {
      let kind = call.ruled
      return rules[kind] == false ? "permissions.\(kind.rawValue) is 'reject'" : nil
    }
    for (path, name) in zip(paths, call.paths) {
      guard let path, !Self.isGit(path), writes.contains(where: { $0.matches(path) }) else {
        return "'\(name)' is outside the scope"
      }
    }
    return nil
  }

  private static func isGit(_ path: String) -> Bool {
    path.split(separator: "/").first?.lowercased() == ".git"
  }
}

/// What is known of one call of a tool, from all that was told of it.
struct ACPToolCall: Hashable, Sendable {
  var kind: String?
  var title: String?
  /// Places that it says it works on.
  private var locations: [String] = []
  /// Files whose content it changes.
  private var edited: [String] = []
  /// What its input names, for agents that tell no places.
  private var named: [String] = []

  /// Takes what an update says; what it leaves out stays.
  mutating func take(_ update: JSONObject) {
    kind = update.string("kind") ?? kind
    title = update.string("title") ?? title
    if let list = update["locations"]?.array { locations = list.compactMap { $0["path"]?.string } }
    if let list = update["content"]?.array {
      edited = list.filter { $0["type"]?.string == "diff" }.compactMap { $0["path"]?.string }
    }
    if let input = update.object("rawInput") {
      named = ["path", "file_path", "filePath", "abs_path"].compactMap { input.string($0) }
    }
  }

  var isEdit: Bool { !edited.isEmpty || ["edit", "delete", "move"].contains(kind) }

  /// What an edit touches, as the agent writes it.
  var paths: [String] {
    let told = edited + locations.filter { !edited.contains($0) }
    return told.isEmpty ? named : told
  }

  var ruled: ToolPolicy.Kind {
    switch kind {
    case "read", "search", "think": .read
    case "execute": .execute
    case "fetch": .fetch
    default: .other
    }
  }

  /// In a few words, for the log.
  var words: String { title.map(FaultWords.firstLine) ?? kind ?? "a tool" }
}
