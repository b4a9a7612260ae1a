import UETSystem

extension SealedGit {
  /// This git with the configuration and the attributes fixed as they are now, in what works on
  /// content.
  ///
  /// `leavingOut`: settings, by their keys in lower case but for the middle part, that are not to
  /// count.
  package func fixingSettings(leavingOut: Set<String> = []) -> SealedGit {
    var result = self
    result.fixed = FixedSettings(
      repository, home: environment["HOME"], xdg: environment["XDG_CONFIG_HOME"],
      rules: contentRules, leavingOut: leavingOut)
    return result
  }

  /// Lets the folder go that `fixingSettings` needs.
  package func releaseSettings() { fixed?.close() }

  /// Commands that read or write content, and so may run what the configuration names.
  private static let ofContent: Set<String> = [
    "read-tree", "update-index", "ls-files", "write-tree", "merge-tree", "status", "merge", "clean",
    "diff-files", "diff-index", "diff", "apply", "checkout-index", "hash-object", "cat-file",
    "commit",
    "commit-tree", "cherry-pick", "revert", "am", "rebase", "add", "rm",
  ]

  /// Whether a command is one of those; settings may stand before its name.
  static func isOfContent(_ arguments: [String]) -> Bool {
    var rest = arguments[...]
    while rest.first == "-c" { rest = rest.dropFirst(2) }
    return rest.first.map(ofContent.contains) ?? false
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
