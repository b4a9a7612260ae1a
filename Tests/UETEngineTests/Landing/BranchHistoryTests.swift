import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETEngine

/// What a branch contains, told by sets, against a walk for each commit.
@Suite struct BranchHistoryTests {
  @Test func containsWhatAWalkReaches() throws {
    let seeds = Seeds(short: 4, long: 60)
    let failure = seeds.firstFailure(filter: "BranchHistoryTests") { seed in
      var random = SeededRandom(seed: seed)
      let fixture = TestRepository(.bare, isInMemory: true)
      let made = fixture.tryGit(
        ["fast-import", "--quiet"], input: Array(Self.history(of: 30, &random).utf8))
      try Violation.unless(made.status == 0, made.errors)
      let all = fixture.git("rev-list", "--all").split(separator: "\n").compactMap { ObjectID($0) }
      let repository = try Repository.open(
        discoveringFrom: fixture.path, environment: fixture.environment)
      let git = SealedGit(repository: repository, environment: fixture.environment)
      for round in 0..<8 {
        let target = try Self.some(all, &random)
        let presence = try TargetPresence(git, target: "refs/heads/main", tip: target)
        defer { presence.close() }
        if round.isMultiple(of: 2) { presence.learn(all) }
        for _ in 0..<4 {
          let tip = try Self.some(all, &random)
          let bases = try repository.mergeBases(target, tip)
          let later = BranchHistory.Later(try repository.commits(in: target, notIn: bases))
          let branch = try BranchHistory(tip, bases, later, presence)
          try Violation.unless(
            branch.isInTarget == (try repository.isAncestor(tip, of: target)),
            "\(tip) in \(target)")
          for id in all {
            let reaches = try repository.isAncestor(id, of: tip)
            try Violation.unless(
              try branch.contains(id) == reaches, "\(tip) beside \(target): \(id), \(reaches)")
          }
        }
      }
    }
    #expect(failure == nil, Comment(rawValue: failure ?? ""))
  }

  private static func some(_ all: [ObjectID], _ random: inout SeededRandom) throws -> ObjectID {
    guard let id = all.randomElement(using: &random) else { throw Violation("no commits") }
    return id
  }

  /// Commits with none, one or two parents among those before them, many of the same second.
  private static func history(of count: Int, _ random: inout SeededRandom) -> String {
    var stream = ""
    for mark in 1...count {
      let time = 1_700_000_000 + mark / 3
      stream += "reset refs/heads/b\(mark)\n\ncommit refs/heads/b\(mark)\nmark :\(mark)\n"
      stream += "committer A <a@example.com> \(time) +0000\ndata 2\n\(mark % 10)\n"
      let parents =
        Int.random(in: 0..<8, using: &random) == 0 ? 0 : Int.random(in: 1...2, using: &random)
      let earlier = (max(1, mark - 8)..<mark).shuffled(using: &random).prefix(parents)
      for (place, parent) in earlier.enumerated() {
        stream += "\(place == 0 ? "from" : "merge") :\(parent)\n"
      }
      stream += "M 644 inline f\(mark)\ndata 1\nx\n\n"
    }
    return stream
  }
}
