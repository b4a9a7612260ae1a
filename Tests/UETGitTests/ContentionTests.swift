import Testing
import UETModel
import UETTestSupport

@testable import UETGit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Several processes on one repository; more of it with UET_LONG=1.
@Suite struct ContentionTests {
  static let rounds = getenv("UET_LONG") == nil ? 20 : 400

  /// Appends `rounds` commits to a chain, each by compare-and-swap, again where it lost.
  static func append(_ path: String, _ writer: Int, _ rounds: Int) throws {
    let environment = TestRepository.environment(home: path)
    let repository = try Repository.open(discoveringFrom: path, environment: environment)
    let who = Signature(name: "w\(writer)", email: "w@example.com", at: Timestamp(seconds: 1))
    let tree = try repository.writeTree([])
    for round in 0..<rounds {
      while true {
        let tip = try repository.reference("refs/uet/chain")
        let commit = try repository.writeCommit(
          tree: tree, parents: tip.map { [$0] } ?? [], message: "\(writer) \(round)",
          author: who, committer: who)
        do {
          try repository.setReference(
            "refs/uet/chain", to: commit, expecting: tip ?? .zero, message: "append")
          break
        } catch {
          switch error {
          case .referenceMoved, .referenceLocked: continue
          default: throw error
          }
        }
      }
    }
  }

  @Test func eightProcessesLoseNoAppend() async throws {
    let test = TestRepository()
    let bystanders = (0..<50).map { "refs/uet/bystander/\($0)" }
    let tip = test.commit("first")
    for name in bystanders { test.git("update-ref", name, tip.hex) }
    let (path, rounds) = (test.path, Self.rounds)
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<8 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, writer = writer as Int, rounds = rounds as Int] in
            try ContentionTests.append(path, writer, rounds)
          }
        }
      }
      group.addTask {
        for _ in 0..<rounds { _ = test.tryGit(["pack-refs", "--all"]) }
      }
    }
    let subjects = test.git("log", "--format=%s", "refs/uet/chain").split(separator: "\n")
    #expect(subjects.count == 8 * rounds)
    #expect(Set(subjects).count == 8 * rounds)
    let repository = try Repository.open(discoveringFrom: path, environment: test.environment)
    #expect(try repository.references(under: "refs/uet/bystander").count == bystanders.count)
    #expect(test.tryGit(["fsck"]).status == 0)
  }

  @Test func deletionsBesidePackRefsLoseNothingElse() async throws {
    let fixture = try SealedGitFixture()
    let (git, tip, test, rounds) = (fixture.git, fixture.tip, fixture.test, Self.rounds)
    for index in 0..<50 { test.git("update-ref", "refs/uet/kept/\(index)", tip.hex) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for round in 0..<rounds {
          let name = "refs/uet/temporary/\(round)"
          try await git.updateReferences([ReferenceChange(name: name, new: tip, old: .zero)])
          try await git.updateReferences([ReferenceChange(name: name, new: nil, old: tip)])
        }
      }
      group.addTask {
        for _ in 0..<rounds { _ = test.tryGit(["pack-refs", "--all"]) }
      }
      try await group.waitForAll()
    }
    #expect(try fixture.repository.references(under: "refs/uet/kept").count == 50)
    #expect(try fixture.repository.references(under: "refs/uet/temporary").isEmpty)
  }
}
