import Foundation
import Testing
import UETTestSupport

/// A scratch repository in which the built program is run, with a cleared environment.
///
/// Everything is below one temporary folder, which goes away with the value.
final class Scratch: Sendable {
  struct Output: CustomStringConvertible {
    let status: Int32
    let text: String
    let errors: String

    var description: String { "status \(status)\n--- out\n\(text)\n--- err\n\(errors)" }
  }

  let root: URL
  /// The user's work tree.
  let path: String
  let environment: [String: String]

  /// A repository on branch `main` with one commit, unless `commit` is false; below `place`, the
  /// usual folder without.
  init(
    commit: Bool = true, named name: String = "project", variables: [String: String] = [:],
    in place: String? = nil
  ) throws {
    root = (place.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory)
      .appendingPathComponent("uet-\(UUID().uuidString)").resolvingSymlinksInPath()
    path = root.appendingPathComponent(name).path
    let home = root.appendingPathComponent("home").path
    let binaries = Scratch.binaries.path
    let own = [
      "PATH": "\(binaries):\(TestRepository.searchPath)", "HOME": home, "LANG": "C.UTF-8",
      "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": root.appendingPathComponent("tmp").path,
      "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
      // What is tested here runs whatever it is, and writes where it is told to.
      // How the machine stands is not asked.
      "GIT_CONFIG_COUNT": "3", "GIT_CONFIG_KEY_0": "uet.tiers.mode", "GIT_CONFIG_VALUE_0": "off",
      "GIT_CONFIG_KEY_1": "uet.sandbox.mode", "GIT_CONFIG_VALUE_1": "off",
      "GIT_CONFIG_KEY_2": "uet.trust", "GIT_CONFIG_VALUE_2": "always",
    ]
    environment = own.merging(variables) { $1 }
    for folder in [path, home, environment["TMPDIR"] ?? ""] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try git("init", "--quiet", "--initial-branch=main")
    try git("config", "user.name", "Test User")
    try git("config", "user.email", "test@example.com")
    guard commit else { return }
    try write("README", "a project\n")
    try git("add", "--all")
    try git("commit", "--quiet", "--message=first")
  }

  deinit {
    // Worktrees of read-only files must not keep the folder alive.
    _ = try? Scratch.start("/bin/chmod", ["-R", "u+w", root.path], root.path, [:]).finish()
    try? FileManager.default.removeItem(at: root)
  }

  /// The git that is tested with.
  static let gitProgram = TestRepository.gitProgram

  /// The folder of the built products.
  static let binaries: URL = {
    var folder = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
      .deletingLastPathComponent()
    folder = folder ?? URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return folder ?? URL(fileURLWithPath: ".build/debug")
  }()

  /// A program outside of the repository.
  func program(_ name: String, _ text: String) throws -> URL {
    let program = root.appendingPathComponent(name)
    try Data(text.utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    return program
  }

  func write(_ name: String, _ text: String) throws {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  func read(_ name: String) -> String? {
    try? String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  /// Declares a workstream that runs a script.
  func bundle(
    _ id: String, scope: [String], after: [String] = [], extra: String = "", _ script: String
  ) throws {
    func list(_ items: [String]) -> String {
      "[" + items.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }
    let command = script.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "  \($0)" }.joined(separator: "\n")
    try write(
      "workstreams/\(id).yaml",
      """
      id: \(id)
      tasks: [do the work of \(id)]
      tool: shell
      files_scope: \(list(scope))
      depends_on: \(list(after))
      \(extra)
      command: |
      \(command)

      """)
  }

  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let output = try Scratch.start(Scratch.gitProgram, arguments, path, environment).finish()
    try #require(output.status == 0, "git \(arguments): \(output)")
    return output.text.trimmingCharacters(in: .newlines)
  }

  /// Runs `git uet …` as a user would.
  func uet(_ arguments: String..., in folder: String? = nil) throws -> Output {
    try running(arguments, in: folder).finish()
  }

  /// Starts the program and returns at once.
  func running(_ arguments: [String], in folder: String? = nil) throws -> Running {
    try Scratch.start(Scratch.gitProgram, ["uet"] + arguments, folder ?? path, environment)
  }

  /// Starts the program without git in between, so that a signal reaches it alone.
  func direct(_ arguments: [String]) throws -> Running {
    try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, arguments, path, environment)
  }

  /// Whether the worktrees of the only run hold a file, named as `WORKSTREAM/PATH`.
  func worktreeHolds(_ file: String) -> Bool {
    let folder = "\(path).worktrees"
    let runs = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return runs.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(file)") }
  }

  /// What a worker or a program wrote to a file of its `$TMPDIR`; empty where it has not.
  func kept(_ name: String) -> String {
    let path = (environment["TMPDIR"] ?? "") + "/" + name
    return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }

  /// The commit a revision names; nil when there is none.
  func commit(_ revision: String) throws -> String? {
    let output = try Scratch.start(
      Scratch.gitProgram, ["rev-parse", "--verify", "--quiet", revision + "^{commit}"], path,
      environment
    ).finish()
    return output.status == 0 ? output.text.trimmingCharacters(in: .newlines) : nil
  }

  /// The run that the references show; fails unless there is exactly one.
  func onlyRun() throws -> String {
    let names = try git("for-each-ref", "--format=%(refname)", "refs/uet/runs")
      .split(separator: "\n").map(String.init)
    let runs = Set(names.map { $0.split(separator: "/")[3] })
    try #require(runs.count == 1, "\(names)")
    return String(runs.first ?? "")
  }

  /// Everything about the user's checkout: each file's content and mode, the index, HEAD, branch.
  func checkout() throws -> String {
    let index = try Data(contentsOf: URL(fileURLWithPath: path + "/.git/index"))
    let files = try Scratch.start(
      "/bin/sh",
      [
        "-c",
        "find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 ls -l --time-style=full-iso && find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha1sum",
      ],
      path, environment
    ).finish()
    let head = try String(contentsOfFile: path + "/.git/HEAD", encoding: .utf8)
    return "\(files.text)\n\(head)\n\(index.base64EncodedString())\n\(try commit("HEAD") ?? "")"
  }
}
