import UETModel

extension Configuration {
  /// This configuration with the settings of `git config uet.*` on top.
  ///
  /// `uet.run.workers`, `uet.tools.NAME.model` and so on follow the file's structure; git allows no
  /// `_` in a variable's name, so `uet.budget.maxCostTotal` stands for `max_cost_total`. `uet.NAME`
  /// without a section is a setting of `run`, or `uet.workstreams`. A list is a key given several
  /// times; an empty value empties it. A command is a script. What is unknown is warned about and
  /// has no effect.
  package func applying(
    gitConfig settings: [(key: String, value: String)]
  ) -> (configuration: Configuration, diagnostics: [Diagnostic]) {
    var overlay = GitOverlay()
    for (key, value) in settings { overlay.add(key, value) }
    var result = self
    var reading = Reading(SourceText(path: "git config", bytes: []), isText: true)
    let root = overlay.root
    reading.read(root, Self.fields, into: &result)
    reading.checkTogether(root, result)
    let located = reading.diagnostics.map(overlay.located)
    return (result, overlay.diagnostics + located)
  }
}

/// The settings of git's configuration as a document of the file's structure.
private struct GitOverlay {
  private struct Setting {
    let key: String
    let path: [String]
    var values: [String]
    let isList: Bool
  }

  private var settings: [Setting] = []
  private(set) var diagnostics: [Diagnostic] = []
  private var nearest = Nearest(budget: 2_000_000)

  private static let lists: Set<[String]> = [
    ["run", "setup"], ["run", "copy"], ["run", "caches"], ["run", "sparse"], ["run", "executor"],
    ["integration", "gates"], ["integration", "after_landing"], ["integration", "repair"],
    ["integration", "window_times"],
    ["inbox", "trust"], ["sandbox", "read"], ["sandbox", "write"], ["secrets", "allow"],
    ["server", "protected"], ["server", "queue"], ["server", "forbidden_paths"],
    ["server", "required_trailers"], ["server", "required_signatures"],
  ]
  private static let sections: [String: [String]] = [
    "run": Configuration.runFields.names, "budget": Configuration.budgetFields.names,
    "retry": Configuration.retryFields.names,
    "integration": Configuration.integrationFields.names,
    "sandbox": Configuration.sandboxFields.names, "inbox": Configuration.inboxFields.names,
    "tiers": ["mode", "settle", "patience"],
    "secrets": Configuration.secretsFields.names,
    "workers": Configuration.workersFields.names, "prompt": Configuration.promptFields.names,
    "context": Configuration.contextFields.names,
    "server": Configuration.serverFields.names,
  ]
  private static let namedSections: [String: [String]] = [
    "tools": Configuration.toolFields.names, "gates": Configuration.gateFields.names,
    "limits": Configuration.limitFields.names, "executors": Configuration.executorFields.names,
  ]
  /// Settings of other parts of the program.
  private static let others: Set<String> = ["refprefix", "trust"]

  mutating func add(_ key: String, _ value: String) {
    guard let path = path(of: key) else { return }
    if let index = settings.firstIndex(where: { $0.path == path }) {
      if value.isEmpty, settings[index].isList { settings[index].values = [] }
      if !settings[index].isList { settings[index].values = [] }
      if !(value.isEmpty && settings[index].isList) { settings[index].values.append(value) }
      return
    }
    let isList =
      Self.lists.contains(path)
      || (path.first == "tools" && ["transient", "executor"].contains(path.last))
      || (path.first == "gates" && path.last == "keep")
      || (path.first == "gates" && path.last == "inputs")
      || (path.first == "executors" && ["options", "wrapper", "pass_env"].contains(path.last))
    settings.append(
      Setting(
        key: key, path: path, values: isList && value.isEmpty ? [] : [value], isList: isList))
  }

  /// The path of a setting in the file; nil, with a warning, where there is none.
  private mutating func path(of key: String) -> [String]? {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, parts[0].lowercased() == "uet", let variable = parts.last else {
      return nil
    }
    let section = parts.count > 2 ? parts[1].lowercased() : ""
    switch parts.count {
    case 2:
      if Self.others.contains(variable.lowercased()) { return nil }
      if variable.lowercased() == "workstreams" { return ["workstreams"] }
      let names = Configuration.runFields.names
      if let field = match(variable, names + ["workstreams"], key) { return ["run", field] }
    case 3:
      guard let names = Self.sections[section] else { break }
      if let field = match(variable, names, key) { return [section, field] }
      return nil
    default:
      guard let names = Self.namedSections[section] else { break }
      let name = parts[2..<(parts.count - 1)].joined(separator: ".")
      if let field = match(variable, names, key) { return [section, name, field] }
      return nil
    }
    if parts.count > 2 { warn(key, "") }
    return nil
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "_" && $0 != "-" }
  }

  private mutating func match(_ variable: String, _ names: [String], _ key: String) -> String? {
    let wanted = Self.plain(variable)
    if let name = names.first(where: { Self.plain($0) == wanted }) { return name }
    let similar = nearest.name(for: wanted, among: names.map(Self.plain))
    warn(key, similar.map { "; did you mean '\($0)'?" } ?? "")
    return nil
  }

  private mutating func warn(_ key: String, _ rest: String) {
    diagnostics.append(
      Diagnostic(
        .warning, "unknown_setting", Self.place(key), "unknown setting\(rest)",
        hint: "it has no effect"))
  }

  private static func place(_ key: String) -> SourcePlace {
    SourcePlace(file: "git config \(key)", line: 0, column: 0)
  }
}

extension GitOverlay {
  fileprivate var root: Node { Self.tree(settings, depth: 0) }

  private static func tree(_ settings: [Setting], depth: Int) -> Node {
    var groups: [(key: String, settings: [Setting])] = []
    for setting in settings {
      let key = setting.path[depth]
      if let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].settings.append(setting)
      } else {
        groups.append((key, [setting]))
      }
    }
    let members = groups.map { key, settings in
      let value =
        if let last = settings.last, last.path.count == depth + 1 { leaf(last) } else {
          tree(settings, depth: depth + 1)
        }
      return Node.Member(key: key, keyOffset: 0, value: value)
    }
    return Node(.object(members), at: 0)
  }

  private static func leaf(_ setting: Setting) -> Node {
    // A word, where all others are paths.
    if setting.path.first == "gates", setting.path.last == "inputs", setting.values == ["auto"] {
      return Node(.string("auto"), at: 0)
    }
    let values = setting.values.map { Node(.string($0), at: 0) }
    return setting.isList ? Node(.array(values), at: 0) : values.last ?? Node(.null, at: 0)
  }

  /// The diagnostic with the name of the setting it is about as its place.
  fileprivate func located(_ diagnostic: Diagnostic) -> Diagnostic {
    let pointer = diagnostic.place.pointer
    let about = settings.first { setting in
      let own = setting.path.map { "/" + JSONPointer.escaped($0) }.joined()
      return own == pointer || pointer.hasPrefix(own + "/") || own.hasPrefix(pointer + "/")
    }
    var result = diagnostic
    result.place = Self.place(about?.key ?? "uet")
    return result
  }
}
