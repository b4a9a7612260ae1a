import Foundation
import UETModel

/// A real git repository in a temporary directory, with a cleared environment and fixed dates.
///
/// The directory goes when the last user lets go.
package final class TestRepository: Sendable {
  package enum Kind: Sendable { case plain, bare }

  package let directory: TemporaryDirectory
  /// The work tree, or the bare repository itself; `directory` has room beside it.
  package let path: String
  /// What every git here runs with; also what to open the repository with.
  package let environment: [String: String]

  /// Makes a repository whose first branch is `main`, with no commit in it.
  package init(
    _ kind: Kind = .plain, extra arguments: [String] = [], isInMemory: Bool = false
  ) {
    directory = TemporaryDirectory(isInMemory: isInMemory)
    path = directory.path + (kind == .bare ? "/repo.git" : "/repo")
    environment = Self.environment(home: directory.path + "/home")
    let bare = kind == .bare ? ["--bare"] : []
    let git = GitProcess(
      ["git", "init", "-q", "-b", "main"] + bare + arguments + [path], in: directory.path,
      environment: environment)
    precondition(git.status == 0, "git init failed: \(git.errors)")
  }

  /// The git that tests run with: what the variable GIT names, else the machine's.
  package static let gitProgram: String = {
    let named = ProcessInfo.processInfo.environment["GIT"] ?? ""
    return named.hasPrefix("/") ? named : "/usr/bin/git"
  }()

  /// Where programs are found, that git before any other.
  package static let searchPath: String = {
    let usual = "/usr/local/bin:/usr/bin:/bin"
    guard let end = gitProgram.lastIndex(of: "/"), gitProgram != "/usr/bin/git" else {
      return usual
    }
    return "\(gitProgram[..<end]):\(usual)"
  }()

  /// PATH and nothing else of the tester's own; no configuration but the repository's.
  package static func environment(home: String) -> [String: String] {
    [
      "PATH": searchPath, "HOME": home, "LC_ALL": "C", "TZ": "UTC",
      "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_AUTHOR_NAME": "A U Thor", "GIT_AUTHOR_EMAIL": "author@example.com",
      "GIT_COMMITTER_NAME": "C O Mitter", "GIT_COMMITTER_EMAIL": "committer@example.com",
      "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000",
    ]
  }

  /// Runs git in the repository; a failure ends the test run with git's own words.
  @discardableResult
  package func git(
    _ arguments: String..., in place: String? = nil, input: String = "",
    environment extra: [String: String] = [:]
  ) -> String {
    let git = tryGit(arguments, in: place, input: Array(input.utf8), environment: extra)
    precondition(git.status == 0, "git \(arguments) failed: \(git.errors)")
    return git.text.hasSuffix("\n") ? String(git.text.dropLast()) : git.text
  }

  /// Runs git in the repository, whatever comes of it.
  package func tryGit(
    _ arguments: [String], in place: String? = nil, input: [UInt8] = [],
    environment extra: [String: String] = [:]
  ) -> GitProcess {
    GitProcess(
      ["git"] + arguments, in: place ?? path,
      environment: environment.merging(extra) { _, new in new }, input: input)
  }

  /// Writes a file of the work tree.
  package func write(_ name: String, _ content: String, mode: UInt32 = 0o644) {
    TemporaryDirectory.write(Array(content.utf8), to: path + "/" + name, mode: mode)
  }

  /// The content of a file of the work tree; nil where it is not there.
  package func read(_ name: String) -> String? {
    TemporaryDirectory.read(path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Writes `files`, stages all that differs, and commits it.
  @discardableResult
  package func commit(_ message: String = "change", _ files: [String: String] = [:]) -> ObjectID {
    for (name, content) in files { write(name, content) }
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", message)
    return id("HEAD")
  }

  /// What `git rev-parse` makes of a revision.
  package func id(_ revision: String) -> ObjectID {
    let text = git("rev-parse", "--verify", "--end-of-options", revision)
    guard let id = ObjectID(text) else { preconditionFailure("no object id: '\(text)'") }
    return id
  }
}
