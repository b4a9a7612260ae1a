import UETGit
import UETModel
import UETScheduling

extension AttemptRunner {
  /// Looks at what no worker may change. Throws where this attempt alone can have changed something
  /// of it.
  func examine(asEnd isEnd: Bool = false) async throws {
    guard let finding = await context.examined(ending: isEnd ? order.name : nil, report) else {
      return
    }
    let grave = finding.changes.filter(\.isProtected)
    guard !grave.isEmpty, finding.suspects == [order.name] else { return }
    throw AttemptFailure(.security, "changed what is not its own: " + grave.text(3))
  }

  /// Examines once more after a failure; a graver one takes its place.
  func examine(after failure: AttemptFailure) async -> AttemptFailure {
    do {
      try await examine(asEnd: true)
      return failure
    } catch let graver as AttemptFailure {
      var graver = graver
      graver.message += "; besides, \(failure.message)"
      (graver.salvage, graver.tip) = (failure.salvage, failure.tip)
      return graver
    } catch {
      return failure
    }
  }

  /// Nothing of the user's stash gets into a result.
  func checkStash(base: ObjectID, tip: ObjectID) throws {
    guard base != tip, let guardian = context.guardian else { return }
    let stashed = guardian.stashed
    if stashed.isEmpty { return }
    var own: [[UInt8]: ObjectID] = [:]
    for change in try context.repository.changes(from: base, to: tip) {
      own[change.pathBytes] = change.new?.id
    }
    for entry in stashed {
      guard let commit = try? context.repository.commit(entry), let first = commit.parents.first
      else { continue }
      let sides = [(first, entry)] + commit.parents.dropFirst(2).map { (ObjectID?.none, $0) }
      for (old, new) in sides {
        let changes = (try? context.repository.changes(from: old, to: new)) ?? []
        guard
          let taken = changes.first(where: { change in
            change.new.map { own[change.pathBytes] == $0.id } ?? false
          })
        else { continue }
        _ = report(
          Self.draft(
            [SharedChange(.stash, entry.short, isProtected: true)], [order.name], for: order.name))
        throw AttemptFailure(
          .security,
          "its result holds '\(taken.path)' as the user's stash entry \(entry.short) has it")
      }
    }
  }

  static func draft(
    _ changes: [SharedChange], _ suspects: [AttemptName], for name: AttemptName?
  ) -> EventDraft {
    EventDraft(
      .protectedChangeFound(
        .init {
          $0.changes = changes
          $0.suspects = suspects.map { name in
            .init { ($0.workstream, $0.attempt) = (name.workstream, name.number) }
          }
        }), workstream: name?.workstream, attempt: name?.number,
      anchors: changes.compactMap(\.old))
  }
}

extension Ground {
  /// Looks, records what was found, and keeps what workers left in the stash; nil where nothing
  /// moved.
  func examined(
    ending: AttemptName? = nil, asLast last: Bool = false,
    _ report: @Sendable (EventDraft) -> AsyncStream<Void>
  ) async -> SharedGuard.Finding? {
    guard let guardian else { return nil }
    var finding = guardian.look(ending: ending, asLast: last)
    if finding.isEmpty { return nil }
    let new = await unignored(finding.new)
    finding.changes += new.map { SharedChange(.file, $0, isProtected: false) }
    finding.changes += finding.left.map { entry in
      let name = "\(project.refPrefix)/salvage/\(run)/stash/\(entry.short)"
      try? repository.setReference(
        name, to: entry, expecting: nil, message: "git-uet: keep what a worker stashed")
      return SharedChange(.left, name, isProtected: false)
    }
    guard !finding.changes.isEmpty else { return nil }
    // With one suspect it is the one that is looked at, or one that has ended.
    let subject = finding.suspects.count == 1 ? finding.suspects.first : nil
    let old = finding.changes.compactMap(\.old).filter(repository.contains)
    var draft = AttemptRunner.draft(finding.changes, finding.suspects, for: subject)
    draft.anchors = old
    // What is said of an attempt that has ended would come too late.
    (draft.workstream, draft.attempt) = (subject?.workstream, nil)
    _ = report(draft)
    return finding
  }

  /// Those that git would track.
  private func unignored(_ paths: [String]) async -> [String] {
    guard !paths.isEmpty, let root = repository.workTree else { return [] }
    let listed = try? await git.check(
      ["ls-files", "-zo", "--exclude-standard", "--directory", "--no-empty-directory", "--"] + paths
    ) {
      $0.gitDirectory = repository.gitDirectory
      $0.workTree = root
    }
    return listed?.stdout.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } ?? []
  }
}
