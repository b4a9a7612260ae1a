import UETGit
import UETLedger
import UETModel
import UETSystem

/// `git uet open`: brings the result of a workstream, or what one of its attempts left, back in a
/// worktree.
package struct Opening: Sendable {
  private let project: Project
  private let run: RunID
  private let record: WorkstreamRecord

  package init(_ project: Project, run: RunID, record: WorkstreamRecord) {
    self.project = project
    self.run = run
    self.record = record
  }

  /// A worktree to look at.
  package struct Opened: Hashable, Sendable {
    package let path: String
    /// The commit that was asked for; nil for an attempt that is under way.
    package let commit: ObjectID?
    /// The branch that it has checked out, by its full name; nil for a detached HEAD.
    package let branch: String?
    package let isNew: Bool
    /// Why it is not what one might expect.
    package let note: String?
  }

  /// Why there is nothing to open.
  package enum Problem: Error, Hashable, Sendable {
    case noAttempt(Int, of: Int)
    case leftNothing(attempt: Int?)
    case inTheWay(path: String)
    case held(path: String, WorktreeVerdict.Hold)
    case failed(path: String, String)
  }

  /// The worktree of the result, or of the last attempt where there is no result; of the attempt by
  /// that number where it is given. One that is there is re-used as it is.
  ///
  /// Throws `Problem`, and `GitError` where git cannot make the worktree.
  package func open(attempt number: Int?) async throws -> Opened {
    if let number, !record.attempts.contains(where: { $0.number == number }) {
      throw Problem.noAttempt(number, of: record.attempts.count)
    }
    let last = record.lastAttempt
    let isLatest = number == nil || number == last?.number
    if isLatest, record.state == .running, let place = placeUnderWay {
      return Opened(
        path: place, commit: nil, branch: nil, isNew: false,
        note: "attempt \(last?.number ?? 1) is under way in it")
    }
    let wanted = try commit(number)
    let name = isLatest ? record.id.rawValue : viewName(number ?? 1)
    let path = "\(project.worktreeRoot)/\(run)/\(name)"
    if let found = try await existing(path, wanted) { return found }
    return try await make(path, wanted, isResult: wanted == record.tip)
  }

  private func viewName(_ number: Int) -> String {
    WorktreeFacts.Role.viewName(record.id, attempt: number)
  }

  /// Where the attempt under way works: its own worktree, else its worker's slot.
  private var placeUnderWay: String? {
    let digits = record.lastAttempt?.worker?.drop { !$0.isNumber } ?? ""
    let root = project.worktreeRoot
    return [
      "\(root)/\(run)/\(record.id)", "\(root)/slot-\(digits)",
      "\(root)/\(run)/\(record.id).scratch",
    ]
    .first { Files.kind($0) == .directory }
  }

  /// What an attempt made or left; of several, the result, else the last that left anything.
  private func commit(_ number: Int?) throws -> ObjectID {
    if let number {
      let attempt = record.attempts.first { $0.number == number }
      guard let commit = try attempt.flatMap({ try left(by: $0) }) else {
        throw Problem.leftNothing(attempt: number)
      }
      return commit
    }
    if let tip = record.tip { return tip }
    for attempt in record.attempts.reversed() {
      if let commit = try left(by: attempt) { return commit }
    }
    throw Problem.leftNothing(attempt: nil)
  }

  private func left(by attempt: AttemptRecord) throws -> ObjectID? {
    if let tip = attempt.tip, (try? project.repository.commit(tip)) != nil { return tip }
    return try attempt.salvage.flatMap { try project.repository.reference($0) }
  }
}

extension Opening {
  private func existing(_ path: String, _ wanted: ObjectID) async throws -> Opened? {
    let kind = Files.kind(path)
    guard let handle = project.repository.worktree(at: path) else {
      if kind != nil { throw Problem.inTheWay(path: path) }
      return nil
    }
    if kind == nil {
      try await giveUp(path)
      return nil
    }
    let head = try project.repository.head(of: handle)
    let entry = try await project.git.worktrees().first { $0.path == handle.path }
    return Opened(
      path: handle.path, commit: wanted, branch: entry?.branch, isNew: false,
      note: head == wanted
        ? nil : "its HEAD is at \(head?.short ?? "nothing"), not at \(wanted.short)")
  }

  /// Takes a worktree off git's list whose folder is gone, its HEAD salvaged first where nothing
  /// else has it.
  private func giveUp(_ path: String) async throws {
    let survey = WorktreeSurvey(project, holding: run)
    guard let facts = try await survey.facts(at: path) else { return }
    switch await WorktreeRemoval(survey, policy: .force).remove(facts) {
    case .removed: return
    case .held(let hold): throw Problem.held(path: path, hold)
    case .failed(let reason): throw Problem.failed(path: path, reason)
    }
  }

  private func make(_ path: String, _ commit: ObjectID, isResult: Bool) async throws -> Opened {
    let name = RunNames(prefix: project.refPrefix, run: run).branch(record.id)
    let (branch, note) = isResult ? try await usable(name, at: commit) : (nil, nil)
    let handle = try await project.git.addWorktree(
      at: path, commit: commit, branch: branch,
      reason: "\(WorktreeFacts.lockPrefix) open \(run) \(record.id)")
    do { try LocalFiles(project).copy(into: handle.path) } catch {
      project.warn("the files of 'run.copy' are not all in '\(handle.path)': \(error)")
    }
    return Opened(path: handle.path, commit: commit, branch: branch, isNew: true, note: note)
  }

  /// The branch, where checking it out takes it from nobody and moves nothing; else why not.
  private func usable(
    _ branch: String, at commit: ObjectID
  ) async throws -> (branch: String?, note: String?) {
    let short = RunNames.short(branch)
    guard let tip = try project.repository.reference(branch) else {
      return (nil, "the branch '\(short)' is gone; HEAD is detached at \(commit.short)")
    }
    guard tip == commit else {
      return (
        nil, "the branch '\(short)' was moved to \(tip.short); HEAD is detached at \(commit.short)"
      )
    }
    if let place = try await project.git.checkedOutAt(branch: branch) {
      return (nil, "'\(short)' is checked out at '\(place)'; HEAD is detached at \(commit.short)")
    }
    return (branch, nil)
  }
}
