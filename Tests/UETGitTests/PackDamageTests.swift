import CLibgit2
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

/// Packs are data from strangers and from old disks: of a damaged one comes what was written or an
/// error, never other bytes, and never a crash.
///
/// A failure prints its seed; `UET_SEED=N swift test --filter PackDamageTests` replays it.
@Suite struct PackDamageTests {
  /// A repository of one pack with long chains of deltas.
  private func packed() -> TestRepository {
    let test = TestRepository()
    var lines = (0..<200).map { "line \($0) of a file that changes a little each time" }
    for number in 0..<12 {
      lines[number * 7] = "changed in \(number)"
      test.write("large", lines.joined(separator: "\n"))
      test.write("d\(number % 3)/small", "\(number)\n")
      test.commit("commit \(number)")
    }
    test.git("repack", "-adfq", "--depth=50", "--window=50")
    test.git("prune-packed")
    return test
  }

  private func damage(_ path: String, _ random: inout SeededGenerator) throws -> [UInt8] {
    var bytes = try #require(Files.content(of: path))
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case 1:
      let start = Int.random(in: 0..<bytes.count, using: &random)
      for place in start..<min(bytes.count, start + 40) { bytes[place] = 0 }
    default:
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
      }
    }
    return bytes
  }

  @Test func whatIsReadIsWhatWasWritten() async throws {
    let test = packed()
    let ids = test.git("rev-list", "--all", "--objects", "--no-object-names")
      .split(separator: "\n").compactMap { ObjectID(String($0)) }
    let tip = test.id("HEAD")
    let whole = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    var written: [ObjectID: [UInt8]] = [:]
    for id in ids { written[id] = try? whole.blob(id) }
    #expect(ids.count > 40 && written.count > 10)
    let folder = test.path + "/.git/objects/pack"
    let packs = Files.names(in: folder)
    var (read, refused) = (0, 0)
    for seed in Seeds(short: 40, long: 2_000).all {
      var random = SeededGenerator(seed: seed)
      let copy = test.directory.path + "/copy-\(seed)"
      test.git("clone", "-q", "--bare", "--local", "--no-hardlinks", test.path, copy)
      let suffix = random.oneIn(3) ? ".idx" : ".pack"
      let name = try #require(packs.first { $0.hasSuffix(suffix) })
      let place = copy + "/objects/pack/" + name
      let bytes = try damage(folder + "/" + name, &random)
      Folder.remove(place)
      TemporaryDirectory.write(bytes, to: place)
      guard
        let repository = try? Repository.open(
          discoveringFrom: copy, environment: test.environment)
      else { continue }
      for id in ids {
        let blob = try? repository.blob(id)
        if blob == nil, written[id] != nil { refused += 1 }
        guard blob == nil || blob == written[id] else {
          Issue.record("seed \(seed): other bytes for \(id)")
          continue
        }
        if blob != nil { read += 1 }
        _ = try? repository.commit(id)
        _ = try? repository.tree(id)
        try? repository.judge(id)
      }
      let git = SealedGit(repository: repository, environment: test.environment)
      let worktree = copy + "-w"
      if (try? await git.addWorktree(at: worktree, commit: tip, reason: "test")) != nil {
        let found = Files.content(of: worktree + "/large")
        #expect(found == Files.content(of: test.path + "/large"), "seed \(seed)")
      }
      Folder.remove(worktree)
      Folder.remove(copy)
    }
    #expect(read > 0 && refused > 0)
  }
}
