import UETModel

/// What a user asks `integrate` for where no run made the work.
package struct BranchRequest: Sendable {
  /// Branches or other revisions, as typed, in the order in which they are to be merged.
  package var branches: [String]
  /// Files of patches, absolute; those that are numbered as a series are one candidate.
  package var patches: [String]
  /// The branch to land in, as typed; nil for the configured or the current one, and to land
  /// nowhere yet.
  package var land: String?
  package var updatesCheckout: Bool

  package init(
    branches: [String], patches: [String] = [], land: String? = nil, updatesCheckout: Bool = false
  ) {
    self.branches = branches
    self.patches = patches
    self.land = land
    self.updatesCheckout = updatesCheckout
  }
}

/// A branch that no run made, as a workstream of a run of its own kind.
struct PlainBranch: Hashable, Sendable {
  var id: WorkstreamID
  let tip: ObjectID
  /// Where it comes from: a reference's full name, a revision, or the first file of a series of
  /// patches.
  let source: String
  /// The others whose tips it contains.
  var inputs: [AttemptRecord.Input] = []

  var entry: Told<Fact.PlanEntry> {
    .init {
      ($0.id, $0.tip, $0.source) = (id, tip, source)
      ($0.after, $0.inputs) = (inputs.map(\.workstream), inputs.nonEmpty)
    }
  }
}

extension WorkstreamID {
  /// An id that tells what `name` is about, and that none of `taken` is.
  init?(telling name: String, besides taken: [WorkstreamID]) {
    let slug = String(slugOf: name, limit: 60)
    let stem = "ws-" + (slug.isEmpty ? "branch" : slug)
    let names = [stem] + (2...max(2, taken.count + 2)).map { "\(stem)-\($0)" }
    for name in names {
      guard let id = WorkstreamID(name), !taken.contains(id) else { continue }
      self = id
      return
    }
    return nil
  }
}

/// Patches that do not apply, and what git says.
struct PatchRefusal: Refusing {
  let file: String
  let reason: String

  var refusal: Refusal {
    Refusal(
      .usage, "'\(file.terminalSafe)' does not apply: \(reason.terminalSafe)",
      hint: "make it anew from the branch it is for: git format-patch")
  }
}

/// Why a branch cannot be queued.
extension Refusal {
  static func sameCommit(_ name: String, _ other: String) -> Refusal {
    Refusal(
      .usage,
      "'\(name.terminalSafe)' is the same commit as '\(RunNames.short(other).terminalSafe)'",
      hint: "name one of them")
  }

  static func alreadyThere(_ name: String, _ presence: TargetPresence) -> Refusal {
    Refusal(
      .usage, "'\(name.terminalSafe)' is in '\(presence.name.terminalSafe)' already",
      hint: "leave it out")
  }

  static func changesNothing(_ name: String, _ presence: TargetPresence) -> Refusal {
    Refusal(
      .usage, "'\(name.terminalSafe)' changes nothing that '\(presence.name.terminalSafe)' has",
      hint: "leave it out")
  }

  static func unrelated(_ name: String, _ presence: TargetPresence) -> Refusal {
    Refusal(
      .usage,
      "'\(name.terminalSafe)' and '\(presence.name.terminalSafe)' have no common history")
  }

  /// What a branch brings, or builds on, was taken out of the target.
  static func removed(
    _ name: String, _ presence: TargetPresence, _ what: String, _ removal: TargetPresence.Removal,
    since: ObjectID? = nil
  ) -> Refusal {
    let short = RunNames.short(name)
    return Refusal(
      .decision,
      "'\(short.terminalSafe)' \(what), \(removal.words) in '\(presence.name.terminalSafe)'",
      hint: removal.by.map { "to have it back: git revert \($0)" },
      since.map {
        "or do without it: git rebase --onto \(presence.name.shellQuoted) \($0.short) "
          + short.shellQuoted
      })
  }
}

extension TargetPresence {
  /// The target as people call it.
  fileprivate var name: String { RunNames.short(target) }
}
