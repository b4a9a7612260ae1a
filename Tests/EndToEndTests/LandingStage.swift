import Foundation
import Testing

/// A finished run whose landing in `release` can be held at the move of that branch: a `git` of its
/// own stands before the real one and waits there for as long as a test says.
final class LandingStage {
  enum Moment: String, CaseIterable { case before, after }

  let scratch: Scratch
  let run: String
  private let folder: String
  private let environment: [String: String]

  /// `strategy` is the queue's; the gate writes down each tree it judges, and waits while there is
  /// the file `wait`.
  init(_ names: [String], strategy: String = "speculative") throws {
    scratch = try Scratch()
    folder = scratch.root.appendingPathComponent("stage").path
    try Self.makeGit(in: folder)
    environment = scratch.environment.merging(
      ["PATH": "\(folder)/bin:" + (scratch.environment["PATH"] ?? "")]) { $1 }
    let script =
      "git rev-parse HEAD^{tree} >> \(folder)/log; while test -e \(folder)/wait; do sleep 0.02; done; "
      + "test ! -e bad"
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, '\(script)'], timeout: 1m}
      integration: {gates: [GATE_UNIT], strategy: \(strategy), slots: 2}

      """)
    for name in names { try scratch.bundle("ws-\(name)", scope: [name], "echo \(name) > \(name)") }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "release")
    let output = try scratch.uet("run")
    try #require(output.status == 0, "\(output)")
    run = try scratch.onlyRun()
  }

  /// Passes everything on but the change of `release`, before and after which it looks for files.
  private static func makeGit(in folder: String) throws {
    let bin = folder + "/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      case " $* " in *" update-ref "*"--stdin"*) ;; *) exec \(Scratch.gitProgram) "$@" ;; esac
      input=$(mktemp '\(folder)/input.XXXXXX')
      cat > "$input"
      grep -qa refs/heads/release "$input" || exec \(Scratch.gitProgram) "$@" < "$input"
      hold() {
        mv '\(folder)'/hold-$1 '\(folder)'/at-$1 2> /dev/null || return
        while test -d '\(folder)' && ! test -e '\(folder)'/go; do sleep 0.02; done
      }
      hold before
      test ! -e '\(folder)'/die || { echo died >> '\(folder)'/moves; exit 1; }
      \(Scratch.gitProgram) "$@" < "$input"
      status=$?
      hold after
      echo $status >> '\(folder)'/moves
      exit $status

      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: bin + "/git"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: bin + "/git")
  }

  func put(_ name: String) {
    _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)
  }

  func remove(_ name: String) { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }

  /// The next move of the branch waits there until the file `go` is put.
  func hold(_ moment: Moment) { put("hold-\(moment.rawValue)") }

  func waitUntilHeld(_ moment: Moment) throws {
    try scratch.wait("the move of the branch") {
      FileManager.default.fileExists(atPath: "\(folder)/at-\(moment.rawValue)")
    }
  }

  /// The trees that the gate has judged, and what became of each attempt to move the branch.
  var judged: [String] { lines("log") }
  var moves: [String] { lines("moves") }

  private func lines(_ name: String) -> [String] {
    let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  func start(_ arguments: String...) throws -> Running {
    try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, arguments, scratch.path,
      environment)
  }

  func uet(_ arguments: String...) throws -> Scratch.Output {
    try Scratch.start(Scratch.gitProgram, ["uet"] + arguments, scratch.path, environment).finish()
  }

  /// Takes the run as a machine elsewhere would that holds the one at work for dead, and gives it
  /// up again.
  func takeFromElsewhere() async throws { try await scratch.record([], in: run) }

  /// The record, the branches and the proof are as after an undisturbed landing.
  func checkEnd(files: Set<String>) throws {
    let landed = try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n")
    #expect(Set(landed.map(String.init)).isSuperset(of: files), "\(landed)")
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0 && proof.text.contains("proven"), "\(proof)")
    let record = try scratch.uet("verify")
    #expect(record.status == 0, "\(record)")
    let left = try scratch.uet("recover", "--list")
    #expect(left.text == "nothing to recover or resume\n", "\(left)")
  }

  func count(_ type: String) throws -> Int {
    let events = try scratch.uet("events", "--run", run, "--type", type, "--json")
    return events.text.split(separator: "\n").count { $0.contains("\"\(type)\"") }
  }
}
