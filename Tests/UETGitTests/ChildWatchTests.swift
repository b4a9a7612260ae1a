import Foundation
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

/// Programs that git starts and that do not end.
@Suite struct ChildWatchTests {
  private let fixture: SealedGitFixture
  private let pids: String

  init() throws {
    fixture = try SealedGitFixture(["a": "1\n", ".gitattributes": "*.slow filter=slow\n"])
    pids = fixture.test.directory.path + "/pids"
  }

  /// A program that notes its process and does not mind being asked to end.
  private func hanging() -> String {
    let program = fixture.test.directory.path + "/hang"
    let script = "#!/bin/sh\ntrap '' TERM\necho $$ >> '\(pids)'\nwhile :; do sleep 600; done\n"
    TemporaryDirectory.write(Array(script.utf8), to: program, mode: 0o755)
    return program
  }

  private func processes() -> [pid_t] {
    let text = String(decoding: TemporaryDirectory.read(pids) ?? [], as: UTF8.self)
    return text.split(separator: "\n").compactMap { pid_t($0) }
  }

  private func wait(_ what: String, until condition: () -> Bool) async throws {
    for _ in 0..<1000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(condition(), "\(what)")
  }

  /// A killed process whose parent died first may stay for a moment, until it is waited for.
  private func expectNobodyLeft() async throws {
    let left = processes()
    #expect(!left.isEmpty)
    try await wait("\(left) to end") {
      left.allSatisfy { process in
        let state = TemporaryDirectory.read("/proc/\(process)/stat") ?? []
        return state.isEmpty || String(decoding: state, as: UTF8.self).contains(") Z")
      }
    }
  }

  @Test func aHangingFilterIsEndedWithAllThatItStarted() async throws {
    let worktree = try await fixture.add("w")
    fixture.test.git("config", "filter.slow.clean", hanging())
    fixture.write(worktree, "x.slow", "content")
    fixture.git.watch.limit = .milliseconds(400)
    let error = await #expect(throws: GitError.self) { try await fixture.commit(worktree) }
    guard case .gitOverdue? = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.hint != nil)
    try await expectNobodyLeft()
    #expect(!Files.names(in: worktree.gitDirectory).contains { $0.hasSuffix(".lock") })
    // What is there is not lost, and git works again.
    #expect(TemporaryDirectory.read(worktree.path + "/x.slow") == Array("content".utf8))
    fixture.git.watch.limit = .seconds(60)
    fixture.test.git("config", "filter.slow.clean", "cat")
    #expect(try await fixture.commit(worktree) != nil)
  }

  @Test func everythingEndsWhenAllIsToStop() async throws {
    let worktree = try await fixture.add("w")
    fixture.test.git("config", "filter.slow.clean", hanging())
    fixture.write(worktree, "x.slow", "content")
    let fixture = fixture
    let task = Task { () -> GitError? in
      do { _ = try await fixture.commit(worktree) } catch { return error as? GitError }
      return nil
    }
    try await wait("the filter to start") { !processes().isEmpty }
    fixture.git.watch.endAll()
    guard case .gitStopped? = await task.value else {
      Issue.record("unexpected \(String(describing: await task.value))")
      return
    }
    try await expectNobodyLeft()
    // What takes no time is still done.
    #expect(try await fixture.git.check(["rev-parse", "HEAD"]).status == 0)
  }

  /// Merges go by one rule everywhere: a driver of somebody's own configuration does not take part.
  @Test func aHangingMergeDriverDoesNotRun() async throws {
    fixture.test.commit("driver", [".gitattributes": "a merge=slow\n", "a": "1\n2\n3\n"])
    let base = fixture.tip
    let ours = fixture.test.commit("ours", ["a": "0\n2\n3\n"])
    fixture.test.git("checkout", "-q", "--detach", base.hex)
    let theirs = fixture.test.commit("theirs", ["a": "9\n2\n3\n"])
    fixture.test.git("config", "merge.slow.driver", hanging())
    fixture.git.watch.limit = .seconds(1)
    let repository = try Repository.open(
      discoveringFrom: fixture.test.path, environment: fixture.test.environment)
    let git = SealedGit(repository: repository, environment: fixture.test.environment)
    git.watch.limit = .seconds(1)
    let session = MergeSession(git)
    guard case .conflict = try await session.merge(ours, theirs) else {
      Issue.record("both sides changed one line")
      return
    }
    session.close()
  }

  @Test func whatEndsInTimeIsNotDisturbed() async throws {
    fixture.git.watch.limit = .seconds(60)
    for _ in 0..<20 { try await fixture.git.check(["rev-parse", "HEAD"]) }
    await #expect(throws: GitError.self) { try await fixture.git.check(["rev-parse", "nothing"]) }
  }
}
