import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

extension LedgerBenchmark {
  /// 10,000 notes, 100 more on either side: merging them, beside git's own merge of the same two.
  func notes() async throws {
    let test = TestRepository()
    let base = test.commit("base", ["a.txt": "a\n"])
    let repository = try Repository.open(
      discoveringFrom: test.path, environment: test.environment)
    var random = SeededGenerator(seed: 1)
    let common = (0..<10_000).map { _ in name(&random) }
    let sides = (0..<2).map { _ in (0..<100).map { _ in name(&random) } }
    let person = Signature(name: "a", email: "b", at: start)
    func commit(_ names: [String], _ parents: [ObjectID]) throws -> ObjectID {
      try repository.writeCommit(
        tree: try tree(names, repository), parents: parents, message: "notes\n", author: person,
        committer: person)
    }
    let root = try commit(common, [])
    let ends = try sides.map { try commit(common + $0, [root]) }
    let ledgerNotes = LedgerNotes(repository: repository)
    var times: [[Double]] = [[], []]
    for _ in 0..<5 {
      for name in [LedgerNotes.runs, "refs/notes/git"] {
        try repository.setReference(name, to: ends[0], expecting: nil, message: "bench")
      }
      test.git("update-ref", "refs/notes/other", ends[1].hex)
      times[0].append(try await seconds { try ledgerNotes.merge(ends[1], verdicts: false) })
      times[1].append(
        await seconds {
          test.git("notes", "--ref=git", "merge", "-q", "-s", "cat_sort_uniq", "refs/notes/other")
        })
    }
    let medians = times.map { $0.sorted()[2] * 1e3 }
    report(
      "merge 100 notes into 10,000", medians[0], "ms",
      String(format: "git notes merge %.3g ms, ratio %.3g", medians[1], medians[0] / medians[1]))
    try await note(repository, base)
  }

  /// A note of one run more, among those.
  private func note(_ repository: Repository, _ base: ObjectID) async throws {
    let notes = LedgerNotes(repository: repository)
    var times: [Double] = []
    for number in 0..<20 {
      var state = RunState(run: RunID(startedAt: start, salt: UInt16(number)))
      guard let id = WorkstreamID("ws-1") else { return }
      var record = WorkstreamRecord(id: id)
      (record.state, record.tip) = (.succeeded, base)
      state.add(record)
      times.append(try await seconds { try notes.update(state, verdicts: []) })
    }
    report("write a note among 10,000", times.sorted()[10] * 1e3, "ms")
  }

  private func name(_ random: inout SeededGenerator) -> String {
    (0..<40).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }.joined()
  }

  private func tree(_ names: [String], _ repository: Repository) throws -> ObjectID {
    let blob = try repository.writeBlob(Array("ws-1 in run x: LANDED\n".utf8))
    let folders = Dictionary(grouping: names) { $0.prefix(2) }
    return try repository.writeTree(
      folders.map { folder, names in
        let inner = try repository.writeTree(
          names.map { TreeEntry(name: String($0.dropFirst(2)), mode: .file, id: blob) })
        return TreeEntry(name: String(folder), mode: .tree, id: inner)
      })
  }
}
