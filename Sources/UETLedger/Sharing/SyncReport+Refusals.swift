import UETGit
import UETModel

extension SyncReport {
  /// What a host refuses for one and the same reason, which is said once.
  private enum Group: Hashable {
    case records
    case notes
    case branches
    case removals

    init(_ update: PushUpdate) {
      if update.new == nil {
        self = .removals
      } else if update.name.hasPrefix(LedgerNames.branches) {
        self = .branches
      } else {
        self = update.name.contains("/notes/") ? .notes : .records
      }
    }
  }

  /// Notes why the host refused, once for each kind and reason.
  mutating func note(_ refusals: [PushResult.Refusal], _ names: ShareNames) {
    var groups: [[PushResult.Refusal]] = []
    for refusal in refusals {
      let index = groups.firstIndex { group in
        group.first.map {
          $0.reason == refusal.reason && Group($0.update) == Group(refusal.update)
        } ?? false
      }
      if let index { groups[index].append(refusal) } else { groups.append([refusal]) }
    }
    for group in groups {
      guard let first = group.first else { continue }
      let more = group.count > 1 ? " (and \(group.count - 1) more)" : ""
      refused.append(
        SyncReport.Fault(
          name: first.update.name, reason: first.text + more, hint: Self.hint(for: first, names)))
    }
  }

  private static func hint(
    for refusal: PushResult.Refusal, _ names: ShareNames
  ) -> String? {
    let prefix = names.hostPrefix
    if refusal.update.new == nil {
      return "on the host, let '\(prefix)/*' be deleted: its runs are in the archive "
        + "(receive.denyDeletes)"
    }
    let isRecord = Group(refusal.update) != .branches
    let elsewhere =
      isRecord && !prefix.hasPrefix("refs/heads/")
      ? "; or share below another name, in every clone: git config uet.sharePrefix refs/heads/uet-meta"
      : ""
    switch refusal.reason {
    case .hidden:
      return "on the host, take '\(prefix)' out of receive.hideRefs and transfer.hideRefs"
        + elsewhere
    case .declined:
      let names = isRecord ? "\(prefix)/*" : "\(LedgerNames.branches)*"
      return "let the host's hook or rule allow '\(names)'" + elsewhere
    case .objects:
      return
        "find the object: git fsck --strict; on the host, a known kind of fault is let pass by "
        + "git config receive.fsck.KIND ignore"
    default: return isRecord && !elsewhere.isEmpty ? String(elsewhere.dropFirst(5)) : nil
    }
  }
}
