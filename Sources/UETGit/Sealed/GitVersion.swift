import UETSystem

/// The version of the installed git.
package struct GitVersion: Hashable, Sendable, Comparable {
  package let major: Int
  package let minor: Int
  package let patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  /// Reads `git version 2.39.5 (Apple Git-154)` and the like.
  package init?(printed text: String) {
    let words = text.split { $0 == " " || $0 == "\n" }
    guard words.count >= 3, words[0] == "git", words[1] == "version" else { return nil }
    let numbers = words[2].split(separator: ".").map { Int($0) }
    guard numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
    self.init(major, minor, numbers.count > 2 ? numbers[2] ?? 0 : 0)
  }

  /// The oldest that has `merge-tree --write-tree`, `update-ref -z` and `worktree list -z` as
  /// they are used here.
  package static let minimum = GitVersion(2, 39, 0)

  package static func < (left: GitVersion, right: GitVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}

extension GitVersion: CustomStringConvertible {
  package var description: String { "\(major).\(minor).\(patch)" }
}

extension SealedGit {
  /// The version of the git that `environment` finds. Throws `gitMissing`.
  package static func version(
    environment: [String: String]
  ) async throws(GitError) -> GitVersion {
    guard let executable = Spawn.find("git", environment) else { throw .gitMissing }
    let child = Child(
      executable: executable, name: "git version", arguments: ["version"],
      environment: ChildEnvironment.sealed(environment), directory: "/", input: [], limit: 4096)
    let output = try await ChildWatch().run(child, limit: .seconds(30)).get()
    guard let version = GitVersion(printed: output.text) else {
      throw .unexpectedOutput(command: "git version")
    }
    return version
  }

  /// Throws `gitMissing` or `gitTooOld` unless the installed git will do.
  @discardableResult
  package static func requireVersion(
    environment: [String: String]
  ) async throws(GitError) -> GitVersion {
    let found = try await version(environment: environment)
    if found < .minimum { throw .gitTooOld(found: found.description) }
    return found
  }
}
