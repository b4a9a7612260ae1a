import UETSystem

extension Repository {
  /// What workers must not change of what all worktrees share, by name, with digests: settings,
  /// rules and hooks.
  package var guardedParts: [String: String] {
    var parts: [String: [UInt8]] = [:]
    for (key, value) in sharedSettings(prefix: "") where SettingWeight.isWeighty(key, [value]) {
      parts["setting \(key)", default: []] += Array(value.utf8) + [0]
    }
    for name in SharedParts.ruleFiles {
      parts["info \(name)"] = Files.content(of: "\(commonDirectory)/\(name)")
    }
    for name in Files.names(in: "\(commonDirectory)/hooks") where !name.hasSuffix(".sample") {
      parts["hook hooks/\(name)"] = Files.content(of: "\(commonDirectory)/hooks/\(name)")
    }
    return parts.mapValues { Repository.hashBlob($0).hex }
  }

  /// The entries whose key starts with `prefix` in the configuration that all worktrees share,
  /// which workers can write to; not those of the user's own files and of the command line.
  package func sharedSettings(prefix: String) -> [(key: String, value: String)] {
    let files = ["\(commonDirectory)/config", "\(gitDirectory)/config.worktree"]
    return files.flatMap { ConfigurationText(file: $0)?.entries ?? [] }
      .filter { $0.key.utf8.starts(with: prefix.utf8) }
  }
}
