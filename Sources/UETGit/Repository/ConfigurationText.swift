import CLibgit2
import UETSystem

/// Settings of git's configuration as they stand in one file, and as text for one.
struct ConfigurationText: Equatable {
  /// In their order.
  var entries: [(key: String, value: String)]

  static func == (left: ConfigurationText, right: ConfigurationText) -> Bool {
    left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
  }

  init(_ entries: [(key: String, value: String)]) { self.entries = entries }

  /// Reads a file and those that it includes; one that is not there is empty, nil where git could
  /// not read it.
  init?(file: String) {
    Libgit2.start()
    entries = []
    guard Files.exists(file) else { return }
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

extension ConfigurationText {
  /// A file's text with some keys set to other values, and all else as it stands; nil where that
  /// cannot be had.
  ///
  /// Works on a copy beside the file, so that what it includes by a relative path is found.
  static func text(of file: String, setting values: [String: [String]]) -> [UInt8]? {
    Libgit2.start()
    let copy = file + ".uet-\(UInt64.random(in: 0 ... .max))"
    guard let bytes = Files.content(of: file), (try? Files.write(bytes, to: copy)) != nil else {
      return nil
    }
    defer { try? Files.remove(copy) }
    var config: OpaquePointer?
    guard git_config_new(&config) == 0, let config else { return nil }
    defer { git_config_free(config) }
    guard git_config_add_file_ondisk(config, copy, GIT_CONFIG_LEVEL_LOCAL, nil, 0) == 0 else {
      return nil
    }
    for (key, wanted) in values.sorted(by: { $0.key < $1.key }) {
      // One that an included file sets is not here to be deleted.
      _ = git_config_delete_multivar(config, key, ".*")
      for value in wanted where git_config_set_multivar(config, key, "^$.", value) != 0 {
        return nil
      }
    }
    let now = ConfigurationText(file: copy)?.values ?? [:]
    guard values.allSatisfy({ now[$0.key] ?? [] == $0.value }) else { return nil }
    return Files.content(of: copy)
  }
}
