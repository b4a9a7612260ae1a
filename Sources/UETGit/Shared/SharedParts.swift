import UETModel
import UETSystem

/// What all worktrees of a repository share, as it is to be while a run goes on: the configuration,
/// attributes and other rules, hooks, references and the stash; and where the user's own checkout
/// stands.
///
/// A look compares what the disk says of files (some 50 of them, and the loose references) and
/// reads only what differs. What only a worker has a reason to change is put back from what is on
/// record here.
package struct SharedParts: Sendable {
  private let root: String
  /// Where the files of the user that were found in the place of others are kept.
  private let found: String
  private var configuration: [WatchedFile]
  private var settings: [String: ConfigurationText?] = [:]
  private var files: [WatchedFile]
  /// Attributes and ignore rules of the user's own.
  private var rules: [WatchedFile]
  /// By their paths, and what the disk says of their folders.
  private var hooks: [String: WatchedFile] = [:]
  private var hookFolders: [String: FileStamp?] = [:]
  private var references: ReferenceWatch
  private(set) var stash: StashWatch
  /// What is the user's to change, and only named.
  private var own: [WatchedFile] = []
  private let userFiles: Set<String>

  /// `excluding`: the references that the engine moves, as names or beginnings of names. `found` is
  /// a folder for what had to give way.
  package init(
    _ repository: Repository, environment: [String: String], excluding: [String], found: String
  ) {
    root = repository.commonDirectory
    self.found = found
    let user = UserConfiguration.files(environment)
    userFiles = Set(user)
    let modules = Self.modules(in: root)
    configuration =
      ["config", "config.worktree"].map { [root] in
        WatchedFile("\(root)/\($0)", .configuration, name: "")
      }
      + modules.map { [root] in WatchedFile("\(root)/\($0)/config", .configuration, name: $0) }
      + user.map { WatchedFile($0, .userConfiguration, name: $0) }
    for file in configuration { settings[file.path] = .some(ConfigurationText(file: file.path)) }
    files = Self.ruleFiles.map { [root] name in WatchedFile("\(root)/\(name)", .info, name: name) }
    let home = environment["HOME"]
    let xdg = environment["XDG_CONFIG_HOME"]
    rules = [("core.attributesFile", "attributes"), ("core.excludesFile", "ignore")].compactMap {
      key, usual in
      UserConfiguration.rules(repository.config(key), usual, home: home, xdg: xdg)
        .map { WatchedFile($0, .userConfiguration, name: key) }
    }
    references = ReferenceWatch(root, excluding: excluding + ["refs/stash"])
    stash = StashWatch(root)
    if repository.workTree != nil {
      own = Self.checkoutFiles.map {
        WatchedFile("\(repository.gitDirectory)/\($0)", .head, name: $0)
      }
    }
    // A clone that is whole is made shallow by nobody; of one that is, a fetch moves the end.
    let shallow = WatchedFile("\(root)/shallow", .info, name: "shallow")
    if shallow.content == nil { files.append(shallow) } else { own.append(shallow) }
    for folder in ["hooks"] + modules.map({ $0 + "/hooks" }) {
      for name in hookNames(folder) { hooks[name] = hook(name) }
      hookFolders[folder] = FileStamp(at: "\(root)/\(folder)")
    }
  }

  /// Where the user's checkout stands, and in the midst of what.
  private static let checkoutFiles = [
    "HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply",
    "info/sparse-checkout",
  ]

  /// The repositories of the checkout's submodules; those of worktrees are theirs.
  private static func modules(in root: String) -> [String] {
    var found: [String] = []
    var pending = ["modules"]
    while let folder = pending.popLast() {
      let names = Files.names(in: "\(root)/\(folder)")
      if names.contains("HEAD") {
        found.append(folder)
        if names.contains("modules") { pending.append(folder + "/modules") }
      } else {
        pending += names.filter { Files.isDirectory("\(root)/\(folder)/\($0)") }
          .map { "\(folder)/\($0)" }
      }
    }
    return found.sorted()
  }

  static let ruleFiles = [
    "info/attributes", "info/exclude", "info/grafts", "objects/info/alternates",
    "objects/info/http-alternates",
  ]

  /// Samples are nobody's hooks.
  private func hookNames(_ folder: String) -> [String] {
    Files.names(in: "\(root)/\(folder)").filter { !$0.hasSuffix(".sample") }
      .map { "\(folder)/\($0)" }
  }

  private func hook(_ name: String) -> WatchedFile {
    WatchedFile("\(root)/\(name)", .hook, name: name)
  }

  /// What moved since the last look, as far as it is not the stash. What nobody else has a reason
  /// to change is put back; the rest counts from now on as it is.
  ///
  /// `all`: also references that were written without git.
  package mutating func changes(all: Bool = true) -> [SharedChange] {
    var changes: [SharedChange] = []
    for place in configuration.indices where configuration[place].hasChanged() {
      var file = configuration[place]
      changes += settle(&file)
      configuration[place] = file
    }
    for place in files.indices where files[place].hasChanged() {
      let isRestored = files[place].restore(keepingIn: found)
      changes.append(
        SharedChange(.info, files[place].name, isProtected: true, isRestored: isRestored))
    }
    for place in rules.indices where rules[place].hasChanged() {
      rules[place].accept()
      changes.append(
        SharedChange(.userConfiguration, "\(rules[place].name) (its content)", isProtected: true))
    }
    changes += changedHooks() + changedReferences(all: all)
    for place in own.indices where own[place].hasChanged() {
      own[place].accept()
      changes.append(SharedChange(own[place].kind, own[place].name, isProtected: false))
    }
    return changes
  }

  private mutating func settle(_ file: inout WatchedFile) -> [SharedChange] {
    let isUsers = userFiles.contains(file.path)
    let before = settings[file.path] ?? nil
    let now = ConfigurationText(file: file.path)
    let (old, new) = (before?.values ?? [:], now?.values ?? [:])
    let keys = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    let grave = keys.filter { key in
      let values = (new[key] ?? []).filter { !(old[key] ?? []).contains($0) }
      return isUsers
        ? SettingWeight.isWeightyForUser(key, values) : SettingWeight.isWeighty(key, values)
    }
    var isRestored = false
    if isUsers || now != nil && grave.isEmpty {
      file.accept()
      settings[file.path] = .some(now)
    } else {
      // What else was set meanwhile stays.
      let wanted = Dictionary(uniqueKeysWithValues: grave.map { ($0, old[$0] ?? []) })
      let isAll = now == nil || grave.count == keys.count
      let bytes = isAll ? nil : ConfigurationText.text(of: file.path, setting: wanted)
      isRestored = file.restore(content: bytes, keepingIn: found)
      settings[file.path] = .some(ConfigurationText(file: file.path))
    }
    if now == nil {
      return [
        SharedChange(
          file.kind, "\(file.name.isEmpty ? "configuration" : file.name) (broken)",
          isProtected: true, isRestored: isRestored)
      ]
    }
    return keys.map { key in
      let isProtected = grave.contains(key)
      let name = isUsers || file.name.isEmpty ? key : "\(key) (\(file.name))"
      return SharedChange(
        file.kind, name, isProtected: isProtected, isRestored: isRestored && isProtected)
    }
  }

  private mutating func changedHooks() -> [SharedChange] {
    var names = Set(hooks.keys)
    for (folder, state) in hookFolders where FileStamp(at: "\(root)/\(folder)") != state {
      names.formUnion(hookNames(folder))
    }
    defer {
      for folder in hookFolders.keys { hookFolders[folder] = FileStamp(at: "\(root)/\(folder)") }
    }
    return names.sorted().compactMap { name in
      var file = hooks[name] ?? hook(absent: name)
      guard file.hasChanged() else { return nil }
      let isRestored = file.restore(keepingIn: found)
      hooks[name] = file.content == nil ? nil : file
      return SharedChange(.hook, file.name, isProtected: true, isRestored: isRestored)
    }
  }

  /// One that was not there.
  private func hook(absent name: String) -> WatchedFile {
    WatchedFile(absent: "\(root)/\(name)", .hook, name: name)
  }

  private mutating func changedReferences(all: Bool) -> [SharedChange] {
    let changes = references.changes(all: all).map { name, old, new in
      // Who may put one object in the place of another decides what everybody sees.
      let isProtected = name.hasPrefix("refs/replace/")
      var isRestored = false
      if isProtected, old == nil, new != nil {
        try? Files.remove("\(root)/\(name)")
        isRestored = true
        _ = references.changes()
      }
      return SharedChange(
        .reference, name, isProtected: isProtected, isRestored: isRestored,
        old: old.flatMap { ObjectID($0) })
    }
    // A fetch may move thousands, and is nobody's fault.
    let grave = changes.filter(\.isProtected)
    let others = changes.filter { !$0.isProtected }
    guard others.count > Self.mostReferences else { return changes }
    let more = others.count - Self.mostReferences
    return grave + others.prefix(Self.mostReferences)
      + [SharedChange(.reference, "and \(more) more", isProtected: false)]
  }

  /// References of one finding that are only named.
  private static let mostReferences = 50
}

extension SharedParts {
  /// What became of the stash.
  package struct StashFinding: Sendable {
    /// Entries that were there before and are gone; put back where that is possible.
    package var taken: [ObjectID] = []
    package var isRestored = false
    /// Entries that workers left there.
    package var left: [ObjectID] = []
  }

  /// The entries of the stash that are not a worker's.
  package var stashed: [ObjectID] { stash.entries.map(\.commit) }

  /// Puts back what was taken from the stash; `collecting`: takes what workers left there out of
  /// it. A user's new entries stay.
  package mutating func settleStash(collecting: Bool) -> StashFinding? {
    guard let change = stash.change() else { return nil }
    let theirs = change.added.filter { !$0.isOfNoBranch }
    let left = change.added.filter(\.isOfNoBranch)
    if change.removed.isEmpty, left.isEmpty || !collecting {
      // What a worker put there it may take out again.
      if left.isEmpty { stash.accept() }
      return nil
    }
    var finding = StashFinding(taken: change.removed.map(\.commit))
    if collecting { finding.left = left.map(\.commit) }
    finding.isRestored = stash.write(stash.entries + theirs + (collecting ? [] : left))
    if !finding.isRestored { stash.accept() }
    return finding
  }
}

/// The files of git's configuration that are a user's or the system's.
enum UserConfiguration {
  /// The file of attributes or ignore rules that a setting names, else the usual one.
  static func rules(_ named: String?, _ usual: String, home: String?, xdg: String?) -> String? {
    guard var named, !named.isEmpty else {
      if let xdg, !xdg.isEmpty { return "\(xdg)/git/\(usual)" }
      return home.map { "\(Files.trimmed($0))/.config/git/\(usual)" }
    }
    if named.hasPrefix(":(optional)") { named.removeFirst(":(optional)".count) }
    return named.hasPrefix("~/") ? (home ?? "") + named.dropFirst() : named
  }

  static func files(_ environment: [String: String]) -> [String] {
    var files: [String] = []
    let skipsSystem = environment["GIT_CONFIG_NOSYSTEM"].map(Repository.isTrue) ?? false
    if !skipsSystem { files.append(environment["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig") }
    if let global = environment["GIT_CONFIG_GLOBAL"] { return files + [global] }
    let home = environment["HOME"]
    if let directory = environment["XDG_CONFIG_HOME"], !directory.isEmpty {
      files.append(directory + "/git/config")
    } else if let home {
      files.append(home + "/.config/git/config")
    }
    if let home { files.append(home + "/.gitconfig") }
    return files.filter { !$0.isEmpty && $0 != "/dev/null" }
  }
}
