extension Repository {
  /// The entries whose key starts with `prefix` in the configuration that all worktrees share, which workers can
  /// write to; not those of the user's own files and of the command line.
  package func sharedSettings(prefix: String) -> [(key: String, value: String)] {
    let files = ["\(commonDirectory)/config", "\(gitDirectory)/config.worktree"]
    return files.flatMap { ConfigurationText(file: $0)?.entries ?? [] }
      .filter { $0.key.utf8.starts(with: prefix.utf8) }
  }
}
