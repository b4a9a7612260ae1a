import Foundation
import UETGit
import UETModel
import UETPlanning
import UETTestSupport

@testable import UETEngine

/// A gate that is run under the tracer in a checkout, and what it was seen to read there.
struct TracedGate {
  static let strace: String? = {
    let found = ["/usr/bin/strace", "/usr/local/bin/strace"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    // Where nobody may trace, there is nothing to be tested.
    guard let found else { return nil }
    let folder = TemporaryDirectory()
    let argv = Gate.traced(["true"], by: found, into: folder.path + "/t")
    let run = GitProcess(argv, in: folder.path, environment: ["PATH": "/usr/bin:/bin"])
    return run.status == 0 && TemporaryDirectory.read(folder.path + "/t") != nil ? found : nil
  }()

  static let hasMake =
    GitProcess(
      ["sh", "-c", "command -v make && command -v cc"], in: "/",
      environment: ["PATH": "/usr/bin:/bin"]
    ).status == 0

  let fixture = TestRepository()
  let repository: Repository
  private let folder = TemporaryDirectory()

  struct Seen {
    let status: Int32
    let output: String
    let outcome: Learning.Outcome

    var reads: TreeReads? { if case .reads(let reads) = outcome { reads } else { nil } }
    var unknown: String? { if case .unknown(let reason) = outcome { reason } else { nil } }
    var elsewhere: String? { if case .elsewhere(let reason) = outcome { reason } else { nil } }
  }

  init() throws {
    repository = try Repository.open(
      discoveringFrom: fixture.path, environment: fixture.environment)
  }

  var tree: ObjectID { fixture.id("HEAD^{tree}") }

  /// A clean checkout of HEAD.
  func checkout() -> String {
    let path = "\(folder.path)/checkout"
    if FileManager.default.fileExists(atPath: path) {
      fixture.git("worktree", "remove", "--force", path)
    }
    fixture.git("worktree", "add", "-q", "--detach", path, "HEAD")
    return path
  }

  /// Without the tracer.
  func run(_ argv: [String]) -> (status: Int32, output: String) {
    let path = checkout()
    let run = GitProcess(argv, in: path, environment: fixture.environment)
    return (run.status, run.text.replacingOccurrences(of: path, with: "."))
  }

  /// `place` is a checkout of HEAD in which something was built of what `former` says; a clean one
  /// without.
  func see(
    _ argv: [String], left: Set<[UInt8]> = [], in place: String? = nil, former: TreeReads? = nil
  ) throws -> Seen {
    let path = place ?? checkout()
    let tracing = Tracing(
      tracer: TracedGate.strace ?? "strace", folder: "\(folder.path)/traces", key: "k")
    try tracing.begin()
    defer { tracing.end() }
    let run = GitProcess(
      Gate.traced(argv, by: tracing.tracer, into: "\(tracing.folder)/\(Gate.trace)"), in: path,
      environment: fixture.environment)
    tracing.keepTry()
    let outcome = try tracing.outcome(
      TracedPaths.Checkout(seen: path, path: path), of: tree, former: former, left: left,
      repository,
      history: [repository.commonDirectory], except: "\(repository.commonDirectory)/uet")
    return Seen(
      status: run.status, output: run.text.replacingOccurrences(of: path, with: "."),
      outcome: outcome)
  }

  func sh(_ script: String) throws -> Seen { try see(["sh", "-c", script]) }

  /// Whether a verdict that stands on these counts for HEAD.
  func holds(_ reads: TreeReads?) throws -> Bool {
    guard let reads else { return false }
    // As it comes back from the record.
    guard let kept = TreeReads(reads.bytes), kept == reads else { return false }
    return try kept.holds(in: TreeView(tree, in: repository))
  }

  /// Whether it counts after a change, which is undone then.
  func holds(_ reads: TreeReads?, after change: () -> Void) throws -> Bool {
    change()
    fixture.commit("changed")
    let holds = try holds(reads)
    fixture.git("reset", "-q", "--hard", "HEAD~1")
    return holds
  }

  func sh(change script: String) {
    let run = GitProcess(["sh", "-ec", script], in: fixture.path, environment: fixture.environment)
    precondition(run.status == 0, "\(script): \(run.errors)")
  }
}
