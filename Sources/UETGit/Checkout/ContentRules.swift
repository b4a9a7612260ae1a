import UETModel
import UETSystem

/// What git would do to a file's content on its way between the store and the disk.
enum ContentRules: Int, Comparable, Sendable {
  /// Nothing at all.
  case asIs
  /// Line ends are put right when a file that has CRs is taken in; nothing on the way out.
  case text
  /// Anything else: filters, encodings, keywords, line ends on the way out. For git alone.
  case filtered

  static func < (left: ContentRules, right: ContentRules) -> Bool {
    left.rawValue < right.rawValue
  }

  /// What one `.gitattributes` file can lead to, whatever paths it names.
  init(attributes bytes: [UInt8]) {
    var result = ContentRules.asIs
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == 13 }
      if words.first?.first == UInt8(ascii: "#") { continue }
      for word in words.dropFirst() {
        result = max(result, Self.of(String(decoding: word, as: UTF8.self)))
      }
    }
    self = result
  }

  private static func of(_ attribute: String) -> ContentRules {
    // Unset or unspecified means that nothing is done.
    if attribute.hasPrefix("-") || attribute.hasPrefix("!") { return .asIs }
    let parts = attribute.split(separator: "=", maxSplits: 1)
    switch parts.first {
    case "filter", "ident", "working-tree-encoding": return .filtered
    case "eol": return parts.last == "lf" ? .text : .filtered
    case "text", "crlf": return .text
    default: return .asIs
    }
  }
}

extension SealedGit {
  /// What the configuration and the attribute files outside the tree lead to; `filtered` as well
  /// where the file system is such that git treats files in a way of its own.
  var contentRules: ContentRules {
    if let fixed { return fixed.rules }
    func isSet(_ key: String, otherwise: Bool) -> Bool {
      repository.config(key).map(Repository.isTrue) ?? otherwise
    }
    if !isSet("core.fileMode", otherwise: true) || !isSet("core.symlinks", otherwise: true)
      || isSet("core.ignoreCase", otherwise: false)
      || isSet("core.precomposeUnicode", otherwise: false)
      || repository.config("core.eol")?.lowercased() == "crlf"
    {
      return .filtered
    }
    var rules = ContentRules.asIs
    switch repository.config("core.autocrlf")?.lowercased() {
    case nil: break
    case "input"?: rules = .text
    case let value?: if Repository.isTrue(value) { return .filtered }
    }
    for path in attributeFiles {
      if let bytes = Files.content(of: path) { rules = max(rules, ContentRules(attributes: bytes)) }
    }
    return rules
  }

  /// The attribute files that count for every tree, as far as they may exist.
  private var attributeFiles: [String] {
    var files = ["/etc/gitattributes", repository.commonDirectory + "/info/attributes"]
    let home = environment["HOME"].map { Files.trimmed($0) }
    let configured = repository.config("core.attributesFile")
    if let path = configured { files.append(Files.expanded(path, home: home)) }
    // Where one that may be missing is missing, git takes the usual one.
    if let path = configured, !path.hasPrefix(":(optional)") { return files }
    if let directory = environment["XDG_CONFIG_HOME"], !directory.isEmpty {
      files.append(directory + "/git/attributes")
    } else if let home {
      files.append(home + "/.config/git/attributes")
    }
    return files
  }
}
