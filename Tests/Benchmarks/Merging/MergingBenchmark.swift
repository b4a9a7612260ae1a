import Foundation
import UETEngine
import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETTestSupport

/// Measures chains of clean merges beside what git takes for the same, in the same run.
struct MergingBenchmark {
  let place: BranchedRepository
  private let start = Timestamp(seconds: 1_795_224_655)

  func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let elapsed = try await ContinuousClock().measure { try await body() }
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  }

  private func open() throws -> Repository {
    try Repository.open(
      discoveringFrom: place.test.path, environment: place.test.environment)
  }

  /// Milliseconds for each merge as the engine makes them: the queue's decisions, the merges, one
  /// pack, one batch of the record, one move of the branch; all of it synced to the disk.
  func engine(_ count: Int, run salt: UInt16) async throws -> Double {
    let repository = try open()
    let run = RunID(startedAt: start, salt: salt)
    let writer = try ledger(run, repository, count)
    // Theirs is another batch.
    try await writer.flush()
    let session = MergeSession(
      SealedGit(repository: repository, environment: place.test.environment))
    defer { session.close() }
    let work = CandidateMerge(session, run: run)
    guard let state = writer.state else { return .infinity }
    var machine = QueueMachine(policy: QueuePolicy(), state: state)
    let candidates = (0..<count).map {
      Candidate(id: id($0), tip: place.branches[$0], base: place.base, criticalPathRank: $0)
    }
    let time = try await seconds {
      var inputs: [QueueInput] = [.enqueue(candidates, start: place.base)]
      var tip = place.base
      while let input = inputs.popLast() {
        let effects = try machine.take(input, at: start) { drafts in
          try writer.append(drafts, at: start) { session.stash.holds($0) }
        }
        for effect in effects {
          switch effect {
          case .merge(let order):
            let merged = try await work.merge(
              order.name.workstream, tip: order.name.tip, onto: order.name.onto,
              base: order.base)
            guard case .clean(let commit, let tree) = merged else { return }
            inputs.append(.mergeDone(order.name, .clean(commit: commit, tree: tree)))
          case .advance(_, let new): tip = new
          default: break
          }
        }
      }
      try session.stash.settle()
      try await writer.flush()
      session.stash.release()
      try repository.setReference(
        "refs/heads/uet/\(run)/integration", to: tip, expecting: .zero, message: "benchmark")
    }
    precondition(machine.state.integration.chain.count == count, "not everything was merged")
    return time * 1_000 / Double(count)
  }

  private func id(_ index: Int) -> WorkstreamID {
    WorkstreamID("ws-\(index)") ?? { preconditionFailure("no id") }()
  }

  /// A run whose workstreams have all finished.
  private func ledger(
    _ run: RunID, _ repository: Repository, _ count: Int
  ) throws -> LedgerWriter {
    let ids = (0..<count).map(id)
    let started = EventDraft(
      .runStarted,
      data: JSONObject([
        .base: .commit(place.base),
        .workstreams: .array(ids.map { ["id": .string($0.rawValue)] }),
      ]))
    let writer = try LedgerWriter.create(
      in: try open(), run: run, root: RootRecord(base: place.base, programVersion: "bench"),
      holder: SystemProcesses.current(since: start, nonce: "bench"), events: [started], at: start
    ).writer
    for (index, id) in ids.enumerated() {
      try writer.append([EventDraft(.taskReady, workstream: id)], at: start)
      try writer.append(
        [EventDraft(.taskAssigned, workstream: id, attempt: 1, worker: "w1")], at: start)
      var done = EventDraft(.taskCompleted, workstream: id, attempt: 1, worker: "w1")
      done.data[.tip] = .commit(place.branches[index])
      done.data[.base] = .commit(place.base)
      try writer.append([done], at: start)
    }
    return writer
  }
}

extension MergingBenchmark {
  /// `git merge-tree --write-tree`, `commit-tree` and `update-ref`, a process each.
  func commands(_ count: Int) async -> Double {
    let script = """
      set -e
      tip=\(place.base.hex)
      for branch in \(place.branches.prefix(count).map(\.hex).joined(separator: " ")); do
        tree=$(git merge-tree --write-tree $tip $branch)
        new=$(git commit-tree $tree -p $tip -p $branch -m merge)
        git update-ref refs/heads/loop $new
        tip=$new
      done
      """
    return await timed(["sh", "-c", script], count)
  }

  /// `git merge` in a checkout of all files.
  func worktree(_ count: Int) async -> Double {
    place.test.git("worktree", "add", "-q", "--detach", "../merging", place.base.hex)
    defer { place.test.git("worktree", "remove", "--force", "../merging") }
    let script = """
      set -e
      cd ../merging
      for branch in \(place.branches.prefix(count).map(\.hex).joined(separator: " ")); do
        git merge -q --no-ff -m merge $branch
      done
      """
    return await timed(["sh", "-c", script], count)
  }

  private func timed(_ command: [String], _ count: Int) async -> Double {
    var status: Int32 = 0
    let time = await seconds {
      status =
        GitProcess(command, in: place.test.path, environment: place.test.environment).status
    }
    precondition(status == 0, "\(command) failed")
    return time * 1_000 / Double(count)
  }

  /// One `git merge-tree --stdin` whose output is not buffered, asked for the same chain; the
  /// commits between are written in this process, unsynced, and the branch is moved once.
  func oneProcess(_ count: Int) async throws -> Double {
    let repository = try open()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["stdbuf", "-o0", "git", "merge-tree", "--stdin", "-z"]
    process.environment = place.test.environment
    process.currentDirectoryURL = URL(fileURLWithPath: place.test.path)
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let who = Signature(name: "A", email: "a@example.com", at: start)
    let time = try await seconds {
      var tip = place.base
      for branch in place.branches.prefix(count) {
        input.fileHandleForWriting.write(Data("\(tip.hex) \(branch.hex)\n".utf8))
        // "1", the tree, nothing.
        var answer = Data()
        while answer.filter({ $0 == 0 }).count < 3 {
          answer += output.fileHandleForReading.availableData
        }
        guard let tree = ObjectID(hexadecimal: [UInt8](answer.dropFirst(2).prefix(40))) else {
          preconditionFailure("what is '\(answer)'?")
        }
        tip = try repository.writeCommit(
          tree: tree, parents: [tip, branch], message: "merge\n", author: who, committer: who)
      }
      try repository.setReference(
        "refs/heads/stdin", to: tip, expecting: nil, message: "benchmark")
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    return time * 1_000 / Double(count)
  }
}
