import Foundation
import Testing

/// A bare repository with the hooks of a host, and a clone that pushes to it.
final class HostScene: Sendable {
  let scratch: Scratch
  let host: String

  /// `main` is on the host with one commit; `settings` are those under `server` in it.
  init(_ settings: String = "", variables: [String: String] = [:]) throws {
    scratch = try Scratch(variables: variables)
    host = scratch.root.appendingPathComponent("host.git").path
    try scratch.git("init", "--quiet", "--bare", "--initial-branch=main", host)
    try scratch.git("remote", "add", "origin", host)
    try scratch.bundle("ws-one", scope: ["one/**"], "mkdir -p one && echo 1 > one/file")
    try scratch.bundle(
      "ws-two", scope: ["two/**"], after: ["ws-one"], "mkdir -p two && echo 2 > two/file")
    if !settings.isEmpty { try scratch.write(".uet/config.yaml", settings) }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("push", "--quiet", "origin", "main")
    let installed = try scratch.uet("hook", "install", "--server", in: host)
    try #require(installed.status == 0, "\(installed)")
  }

  @discardableResult
  func onHost(_ arguments: String...) throws -> String {
    let output = try Scratch.start(Scratch.gitProgram, arguments, host, scratch.environment)
      .finish()
    try #require(output.status == 0, "git \(arguments) on the host: \(output)")
    return output.text.trimmingCharacters(in: .newlines)
  }

  func push(
    _ arguments: String..., as variables: [String: String] = [:], in folder: String? = nil
  ) throws -> Scratch.Output {
    try Scratch.start(
      Scratch.gitProgram, ["push", "origin"] + arguments, folder ?? scratch.path,
      scratch.environment.merging(variables) { $1 }
    ).finish()
  }

  func references() throws -> String { try onHost("for-each-ref") }

  /// Pushes what must be refused: nothing of it may be there, and whoever pushed was told what and
  /// why, and what to type, in lines that fit.
  func expectRefused(
    _ arguments: String..., as variables: [String: String] = [:], saying words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try references()
    let output = try Scratch.start(
      Scratch.gitProgram, ["push", "origin"] + arguments, scratch.path,
      scratch.environment.merging(variables) { $1 }
    ).finish()
    #expect(output.status != 0, "\(output)", sourceLocation: sourceLocation)
    #expect(try references() == before, sourceLocation: sourceLocation)
    let said = Self.said(output)
    #expect(said.contains(words), "\(output)", sourceLocation: sourceLocation)
    #expect(said.contains("hint: "), "\(output)", sourceLocation: sourceLocation)
    for line in output.errors.split(separator: "\n") where line.hasPrefix("remote: ") {
      // Git fills lines up with blanks.
      let text = line.trimmingCharacters(in: .whitespaces)
      let isCommand = line.hasPrefix("remote:         ")
      #expect(isCommand || text.count <= 80, "\(line)", sourceLocation: sourceLocation)
    }
  }

  func expectTaken(
    _ arguments: String..., as variables: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let output = try Scratch.start(
      Scratch.gitProgram, ["push", "origin"] + arguments, scratch.path,
      scratch.environment.merging(variables) { $1 }
    ).finish()
    #expect(output.status == 0, "\(output)", sourceLocation: sourceLocation)
  }

  /// What the host said, as one line.
  static func said(_ output: Scratch.Output) -> String {
    output.errors.split(separator: "\n").filter { $0.hasPrefix("remote: ") }
      .flatMap { $0.dropFirst(8).split(separator: " ") }.joined(separator: " ")
  }

  /// A run of both workstreams, shared with the host.
  func sharedRun() throws -> String {
    let run = try scratch.uet("run")
    try #require(run.status == 0, "\(run)")
    let sync = try scratch.uet("sync")
    try #require(sync.status == 0, "\(sync)")
    return try scratch.onlyRun()
  }

  /// A commit of one file on top of what is checked out.
  func commit(_ path: String, _ text: String = "text\n", _ message: String = "change") throws {
    try scratch.write(path, text)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=\(message)")
  }

  func object(_ input: String, _ arguments: String...) throws -> String {
    try scratch.write("../input", input)
    let output = try Scratch.start(
      "/bin/sh",
      ["-c", "\"$@\" < ../input", "sh", Scratch.gitProgram] + arguments, scratch.path,
      scratch.environment
    ).finish()
    try #require(output.status == 0, "\(arguments): \(output)")
    return output.text.trimmingCharacters(in: .newlines)
  }
}
