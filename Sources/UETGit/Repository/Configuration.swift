import CLibgit2
import UETModel
import UETSystem

/// A snapshot of git's configuration, taken when the repository was opened.
///
/// Read file by file rather than through the repository's own, because libgit2 knows neither
/// `config.worktree` nor `git -c`.
struct Configuration: Sendable {
  /// In the order in which git reads them: the last value of a key wins.
  let entries: [(key: String, value: String)]

  init(
    reading handle: borrowing RepositoryHandle, gitDirectory: String, commonDirectory: String,
    environment: [String: String]
  ) throws(GitError) {
    var files = Self.userFiles(environment)
    files.append(commonDirectory + "/config")
    var entries = try Self.entries(of: files, handle.repository)
    let usesWorktreeConfig = entries.last { $0.key == "extensions.worktreeconfig" }
    if usesWorktreeConfig.map({ Repository.isTrue($0.value) }) ?? false {
      entries += try Self.entries(of: [gitDirectory + "/config.worktree"], handle.repository)
    }
    if entries.contains(where: Self.isForGitAlone) {
      entries =
        ConfigurationByGit(gitDirectory: gitDirectory, environment: environment).entries ?? entries
    }
    self.entries = entries + CommandLineConfig(environment).entries
  }

  /// Whether an entry includes a file on a condition that the library does not know, so that it
  /// leaves the file out without a word; or by a path in a form that it does not know.
  private static func isForGitAlone(_ entry: (key: String, value: String)) -> Bool {
    if entry.key == "include.path" { return entry.value.hasPrefix(":(") }
    guard entry.key.hasPrefix("includeif."), entry.key.hasSuffix(".path") else { return false }
    let condition = entry.key.dropFirst("includeif.".count)
    let known = ["gitdir:", "gitdir/i:", "onbranch:"].contains { condition.hasPrefix($0) }
    return !known || entry.value.hasPrefix(":(")
  }

  func value(_ key: String) -> String? {
    let key = Self.normalized(key)
    return entries.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// Section and name in lower case; what stands between them counts as written.
  static func normalized(_ key: String) -> String {
    guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: ".") else {
      return key.lowercased()
    }
    return key[..<first].lowercased() + key[first..<last] + key[last...].lowercased()
  }

  /// The system's and the user's files, in git's order.
  private static func userFiles(_ environment: [String: String]) -> [String] {
    var files: [String] = []
    let skipsSystem = environment["GIT_CONFIG_NOSYSTEM"].map(Repository.isTrue) ?? false
    if !skipsSystem { files.append(environment["GIT_CONFIG_SYSTEM"] ?? "/etc/gitconfig") }
    if let global = environment["GIT_CONFIG_GLOBAL"] { return files + [global] }
    if let directory = environment["XDG_CONFIG_HOME"], !directory.isEmpty {
      files.append(directory + "/git/config")
    } else if let home = environment["HOME"] {
      files.append(home + "/.config/git/config")
    }
    if let home = environment["HOME"] { files.append(home + "/.gitconfig") }
    return files
  }

  private static func entries(
    of files: [String], _ repository: OpaquePointer
  ) throws(GitError) -> [(key: String, value: String)] {
    var all: [(key: String, value: String)] = []
    for file in files where !file.isEmpty && Files.exists(file) {
      var config: OpaquePointer?
      guard git_config_new(&config) == 0, let config else { continue }
      defer { git_config_free(config) }
      // The repository decides `includeIf`.
      let code = git_config_add_file_ondisk(config, file, GIT_CONFIG_LEVEL_LOCAL, repository, 0)
      guard code == 0 else { throw .unreadable(path: file, detail: Libgit2.lastMessage) }
      all += try ConfigEntries(in: config, path: file).all
    }
    return all
  }
}

extension Repository {
  /// The last value of `key`, as `uet.workers`, in git's configuration when this was opened.
  package func config(_ key: String) -> String? { configuration.value(key) }

  /// All entries whose key starts with `prefix`, in git's order: the last value of a key wins.
  package func configList(prefix: String) -> [(key: String, value: String)] {
    configuration.entries.filter { $0.key.utf8.starts(with: prefix.utf8) }
  }
}
