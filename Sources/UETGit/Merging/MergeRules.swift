import UETModel

/// How contents are merged: by git's own defaults, whatever anybody's configuration says, so that
/// the same commits give the same result for everyone.
enum MergeRules {
  /// Said to every git that merges. Which driver merges a path is for the tracked attributes to
  /// say; only git's own drivers count (`text`, `binary`, `union`), any other name stands for
  /// `text`.
  static let settings = [
    "merge.directoryRenames=conflict", "merge.renames=true", "merge.renameLimit=7000",
    "diff.renames=true", "diff.renameLimit=1000", "diff.algorithm=histogram",
    "diff.noPrefix=false", "merge.renormalize=false", "merge.conflictStyle=merge",
    "merge.default=text", "merge.verbosity=2", "merge.verifySignatures=false", "merge.log=false",
    "rerere.enabled=false", "core.attributesFile=/dev/null",
  ]

  /// What stands in for a driver that the configuration declares; git has no way to unset one.
  private static let textDriver =
    "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"

  /// Settings that put the driver for text in place of each declared one.
  static func withoutDrivers(_ repository: Repository) -> [String] {
    Set(repository.configList(prefix: "merge.").map(\.key))
      .filter { $0.hasSuffix(".driver") && !$0.contains("=") }.sorted()
      .map { "\($0)=\(textDriver)" }
  }
}

extension SealedGit.Options {
  /// Lets git merge in a worktree by the rules; its files are written by the repository's settings.
  package mutating func mergesByRule(in repository: Repository) {
    settings += MergeRules.settings + MergeRules.withoutDrivers(repository)
    environment["GIT_ATTR_NOSYSTEM"] = "1"
  }
}

/// A git directory of its own for a git that merges trees: it has the repository's objects, and no
/// configuration or attributes of anybody's.
struct MergeDirectory: ~Copyable, Sendable {
  private let place: ScratchDirectory
  private let environment: [String: String]

  private init(_ place: consuming ScratchDirectory, _ environment: [String: String]) {
    self.place = place
    self.environment = environment
  }

  static func make(_ repository: Repository) throws(GitError) -> MergeDirectory {
    let place = try ScratchDirectory()
    try place.write(Array("ref: refs/heads/none\n".utf8), to: "HEAD")
    try place.write([], to: "refs/none")
    let config = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n"
    try place.write(Array(config.utf8), to: "config")
    var environment = remotes(repository)
    environment["GIT_OBJECT_DIRECTORY"] = repository.commonDirectory + "/objects"
    if repository.isShallow {
      environment["GIT_SHALLOW_FILE"] = repository.commonDirectory + "/shallow"
    }
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["GIT_ATTR_NOSYSTEM"] = "1"
    return MergeDirectory(place, environment)
  }

  func enter(_ options: inout SealedGit.Options) {
    options.gitDirectory = place.path
    options.standsAlone = true
    options.settings += MergeRules.settings
    options.environment.merge(environment) { $1 }
  }

  /// A partial clone reads what it lacks from the remote that promised it.
  private static func remotes(_ repository: Repository) -> [String: String] {
    let entries = repository.configList(prefix: "")
    guard entries.contains(where: { $0.key.hasSuffix(".promisor") || $0.key == partialClone })
    else { return [:] }
    var result: [String: String] = [:]
    var count = 0
    for (key, value) in entries where ofRemotes.contains(where: { key.hasPrefix($0) }) {
      result["GIT_CONFIG_KEY_\(count)"] = key
      result["GIT_CONFIG_VALUE_\(count)"] = value
      count += 1
    }
    if let name = entries.last(where: { $0.key == partialClone })?.value {
      result["GIT_CONFIG_KEY_\(count)"] = "remote.\(name).promisor"
      result["GIT_CONFIG_VALUE_\(count)"] = "true"
      count += 1
    }
    result["GIT_CONFIG_COUNT"] = "\(count)"
    return result
  }

  private static let partialClone = "extensions.partialclone"
  private static let ofRemotes = [
    "remote.", "url.", "http.", "credential.", "ssh.", "core.sshcommand", "core.gitproxy",
  ]
}
