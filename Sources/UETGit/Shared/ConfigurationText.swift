import CLibgit2

/// Settings of git's configuration as they stand in one file, and as text for one.
struct ConfigurationText: Equatable {
  /// In their order.
  var entries: [(key: String, value: String)]

  static func == (left: ConfigurationText, right: ConfigurationText) -> Bool {
    left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
  }

  init(_ entries: [(key: String, value: String)]) { self.entries = entries }

  /// Reads a file and those that it includes; one that is not there is empty, nil where git could not read it.
  init?(file: String) {
    Libgit2.start()
    entries = []
    guard FilePaths.exists(file) else { return }
    var config: OpaquePointer?
    guard git_config_new(&config) == 0, let config else { return nil }
    defer { git_config_free(config) }
    let code = git_config_add_file_ondisk(config, file, GIT_CONFIG_LEVEL_LOCAL, nil, 0)
    guard code == 0, let read = try? ConfigEntries(in: config, path: file) else { return nil }
    entries = read.all
  }

  /// All values of each key.
  var values: [String: [String]] {
    Dictionary(entries.map { ($0.key, [$0.value]) }, uniquingKeysWith: +)
  }

  /// The settings as the text of a file, each in a section of its own.
  var bytes: [UInt8] {
    var text = ""
    for (key, value) in entries {
      guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else { continue }
      text += "[" + key[..<first]
      if first < last {
        text += " \"" + Self.escaped(key[key.index(after: first)..<last], line: "") + "\""
      }
      text += "]\n\t" + key[key.index(after: last)...]
      text += " = \"" + Self.escaped(value[...], line: "\\n") + "\"\n"
    }
    return Array(text.utf8)
  }

  private static func escaped(_ text: Substring, line: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += line
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

/// What a change of a setting means.
enum SettingWeight {
  /// Git and `git uet sync` write these while a user goes on with something else.
  private static let passing = ["branch.", "gui.", "maintenance.", "lfs."]
  /// What people set for themselves, in a file of their own.
  private static let personal = ["user.", "color.", "alias.", "advice.", "init.", "push.", "pull."]

  /// Whether a user may well have changed it in the repository's file while a run went on.
  static func isPassing(_ key: String, _ values: [String]) -> Bool {
    passing.contains { key.hasPrefix($0) }
      || key.hasPrefix("remote.") && key.hasSuffix(".fetch") && !values.isEmpty
        && values.allSatisfy { $0.contains("refs/uet") }
  }

  /// The same for the user's own file.
  static func isPersonal(_ key: String, _ values: [String]) -> Bool {
    isPassing(key, values) || personal.contains { key.hasPrefix($0) }
  }
}
