import Foundation
import Testing

/// A project whose runs are shared by way of a bare repository beside it.
final class SharedProject {
  let scratch: Scratch
  let host: String

  init() throws {
    scratch = try Scratch()
    host = scratch.root.appendingPathComponent("host.git").path
    for name in ["one", "two"] {
      try scratch.bundle("ws-\(name)", scope: [name], "echo \(name) > \(name)")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("init", "--quiet", "--bare", "--initial-branch=main", host)
    try scratch.git("remote", "add", "origin", host)
    try scratch.git("push", "--quiet", "--set-upstream", "origin", "main")
  }

  /// A fresh clone, ready to commit in.
  func clone(_ name: String) throws -> String {
    let path = scratch.root.appendingPathComponent(name).path
    try scratch.git("clone", "--quiet", "--no-local", host, path)
    try git(path, "config", "user.name", "Other User")
    try git(path, "config", "user.email", "other@example.com")
    return path
  }

  @discardableResult
  func git(_ folder: String, _ arguments: String...) throws -> String {
    let output = try Scratch.start(Scratch.gitProgram, arguments, folder, scratch.environment)
      .finish()
    try #require(output.status == 0, "git \(arguments): \(output)")
    return output.text.trimmingCharacters(in: .newlines)
  }

  /// Runs the plan and gives the run's name.
  func run(in folder: String? = nil) throws -> String {
    let output = try scratch.uet("run", "--json", in: folder)
    try #require(output.status == 0, "\(output)")
    // Of two runs that began in one second 'runs' shows either first.
    let name = output.text.firstRange(of: "\"run\": \"").map { output.text[$0.upperBound...] }
    return try #require(name.map { String($0.prefix { $0 != "\"" }) }, "\(output)")
  }

  /// What of the record is at a place.
  func records(_ folder: String) throws -> String {
    try git(folder, "for-each-ref", "--format=%(objectname) %(refname)", "refs/uet", "refs/notes")
  }

  /// A hook of the host.
  func hook(_ name: String, _ script: String) throws {
    let path = "\(host)/hooks/\(name)"
    try FileManager.default.createDirectory(
      atPath: "\(host)/hooks", withIntermediateDirectories: true)
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o755)
  }
}
