import Foundation
import UETGit

/// The middle one of several measurements.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func line(_ name: String, _ value: Double, _ note: String = "") {
  let number = String(format: value >= 10 ? "%.1f" : "%.3f", value)
  let padded = name.padding(toLength: 44, withPad: " ", startingAt: 0)
  print("\(padded) \(number) ms a merge\(note.isEmpty ? "" : "  \(note)")")
}

/// Chains of clean merges, three files each in a directory of their own.
func compare(_ rounds: Int) async throws {
  let place = try BranchedRepository(files: 20_000, branches: 1_000)
  let benchmark = MergingBenchmark(place: place)
  print("1,000 branches in a repository of 20,000 files, medians of \(rounds)")
  var (stdin, engine): ([Double], [Double]) = ([], [])
  for _ in 0..<rounds { stdin.append(try await benchmark.oneProcess(1_000)) }
  let commands = await benchmark.commands(100)
  let worktree = await benchmark.worktree(20)
  // From here on this process syncs all it writes; the floors above did not.
  Repository.enableFsync()
  for round in 0..<rounds {
    engine.append(try await benchmark.engine(1_000, run: UInt16(round + 1)))
  }
  let own = median(engine)
  line("queue, merges, record, branch; synced", own)
  func floor(_ name: String, _ value: Double) {
    line(name, value, String(format: "%.1f times as long", value / own))
  }
  floor("one 'git merge-tree --stdin', unsynced", median(stdin))
  floor("merge-tree, commit-tree, update-ref", commands)
  floor("'git merge' in a worktree", worktree)
}

/// The same at three sizes: what a merge takes does not depend on the number of files.
func scale(_ rounds: Int) async throws {
  Repository.enableFsync()
  for files in [2_000, 20_000, 200_000] {
    let place = try BranchedRepository(files: files, branches: 100)
    let benchmark = MergingBenchmark(place: place)
    var values: [Double] = []
    for round in 0..<rounds {
      values.append(try await benchmark.engine(100, run: UInt16(round + 1)))
    }
    line("100 branches, \(files) files", median(values))
  }
}

let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 3
try await compare(rounds)
try await scale(rounds)
