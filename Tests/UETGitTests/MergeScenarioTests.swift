import Foundation
import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// Every scenario is merged both ways round, and gives what git gives: the same tree, the same
/// conflicted paths with the same stages, the same messages.
@Suite struct MergeScenarioTests {
  private static var files: [String] {
    let folder =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/MergeScenarios"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { folder + "/" + $0 }
  }

  /// A merge that was made, and how git is to be asked for it.
  private struct Merge {
    let title: String
    let sides: (ObjectID, ObjectID)
    /// The labels in conflicts are others than git's.
    let isRenamed: Bool
    let hasAttributes: Bool
    let result: MergeResult
  }

  @Test func asGitMerges() async throws {
    var scenarios: [MergeScenario] = []
    for file in Self.files {
      let text = String(decoding: TemporaryDirectory.read(file) ?? [], as: UTF8.self)
      scenarios += try MergeScenario.parse(text)
    }
    #expect(scenarios.count >= 120)
    let place = try ScenarioRepository(scenarios)
    var (all, inProcess): ([Merge], Int) = ([], 0)
    let groups = Dictionary(grouping: scenarios.indices) { scenarios[$0].settings }
    for (settings, members) in groups.sorted(by: { $0.key.count < $1.key.count }) {
      // What anybody has set changes nothing: the judge is asked without it.
      for setting in settings { place.test.git("config", setting.key, setting.value) }
      let merges = try await merge(place, members, &inProcess)
      for setting in settings { place.test.git("config", "--unset", setting.key) }
      judge(place.test, merges.filter { !$0.hasAttributes })
      for merge in merges where merge.hasAttributes { judgeInWorktree(place.test, merge) }
      all += merges
    }
    let torn = all.filter { if case .conflict = $0.result { true } else { false } }.count
    print("merges: \(all.count), conflicts: \(torn), new trees in process: \(inProcess)")
    #expect(torn > 100 && all.count - torn > 100 && inProcess > 20)
  }

  private func merge(
    _ place: ScenarioRepository, _ members: [Int], _ inProcess: inout Int
  ) async throws -> [Merge] {
    let repository = try Repository.open(
      discoveringFrom: place.test.path, environment: place.test.environment)
    let session = MergeSession(
      SealedGit(repository: repository, environment: place.test.environment))
    defer { session.close() }
    var merges: [Merge] = []
    for index in members {
      let scenario = place.scenarios[index]
      let base = scenario.base.map { place.id(index, $0) }
      for names in [(scenario.ours, scenario.theirs), (scenario.theirs, scenario.ours)] {
        let prefix = base == nil ? "" : "alone-"
        let result = try await session.merge(
          place.id(index, names.0), place.id(index, names.1), base: base)
        if case .clean(let tree) = result, session.stash.holds(tree) { inProcess += 1 }
        merges.append(
          Merge(
            title: "\(scenario.name), \(names.0) with \(names.1)",
            sides: (place.id(index, prefix + names.0), place.id(index, prefix + names.1)),
            isRenamed: base != nil, hasAttributes: scenario.hasAttributes, result: result))
      }
    }
    try session.stash.settle()
    return merges
  }

  /// `git merge-tree` is the judge.
  private func judge(_ test: TestRepository, _ merges: [Merge]) {
    let lines = merges.map { "\($0.sides.0.hex) \($0.sides.1.hex)\n" }.joined()
    let git = test.tryGit(["merge-tree", "--stdin", "-z"], input: Array(lines.utf8))
    var answers = AnswerScan.answers(in: git.output)[...]
    for merge in merges {
      let expected = answers.popFirst().flatMap(MergeOutput.parseAnswer)
      switch (merge.result, expected) {
      case (.conflict(_, let paths, _), .conflict(_, let others, _)) where merge.isRenamed:
        #expect(paths == others, "\(merge.title)")
      default: #expect(merge.result == expected, "\(merge.title): \(git.errors)")
      }
    }
  }

  /// `git merge` itself is the judge.
  private func judgeInWorktree(_ test: TestRepository, _ made: Merge) {
    test.git("checkout", "-q", "-f", "--detach", made.sides.0.hex)
    let merge = test.tryGit(["merge", "--no-commit", "--no-ff", made.sides.1.hex])
    switch made.result {
    case .clean(let tree):
      #expect(merge.status == 0, "\(made.title): \(merge.text)")
      if merge.status == 0 { #expect(test.git("write-tree") == tree.hex, "\(made.title)") }
    case .conflict(_, let paths, _):
      #expect(merge.status == 1, "\(made.title): \(merge.text)")
      let unmerged = Set(
        test.git("ls-files", "-u", "-z").split(separator: "\0").map {
          String($0.split(separator: "\t")[1])
        })
      #expect(Set(paths.map(\.path)) == unmerged, "\(made.title)")
    }
    test.git("reset", "-q", "--hard")
    test.git("clean", "-qfdx")
  }
}

extension AnswerScan {
  /// All answers of a `git merge-tree --stdin`, apart.
  static func answers(in output: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = 0
    var size = 4096
    while start < output.count {
      // A window, so that long outputs are not copied over and over.
      let window = Array(output[start..<min(start + size, output.count)])
      var scan = AnswerScan()
      if let end = scan.end(in: window) {
        result.append(Array(window[..<end]))
        (start, size) = (start + end, 4096)
      } else if start + size < output.count {
        size *= 4
      } else {
        break
      }
    }
    return result
  }
}
