import UETGit
import UETModel

/// Who may move which branch, and to what.
struct BranchRules {
  let view: PushView
  let owners: OwnerBook

  func refusals() throws -> [PushRefusal] {
    var refusals: [PushRefusal] = []
    for (update, kind) in view.updates {
      if let refusal = try refusal(update, kind) { refusals.append(refusal) }
    }
    return refusals
  }

  private func refusal(_ update: ReferenceUpdate, _ kind: PushedKind) throws -> PushRefusal? {
    // Git moves what a symbolic reference leads to.
    let name = view.repository.branch(behind: update.name)
    if view.policy.isProtected(name) || view.policy.isProtected(update.name),
      let refusal = ofProtected(update, name)
    {
      return refusal
    }
    if name != update.name, PushedKind(name, view.reader.names) != kind {
      return PushRefusal(
        update.name, "it is another name of '\(name.terminalSafe)'",
        hint: "push to that one: git push origin HEAD:\(name.shellQuoted)")
    }
    if let refusal = ofRun(update, kind) { return refusal }
    if kind.isBranch, let new = update.new, !view.repository.isCommit(new) {
      return PushRefusal(
        update.name, "a branch leads to a commit; \(new.short) is none",
        hint: "push the commit: git push origin '\(new.short)^{commit}:\(update.name)'")
    }
    return nil
  }

  private func ofProtected(_ update: ReferenceUpdate, _ name: String) -> PushRefusal? {
    let branch = RunNames.short(name).terminalSafe
    let policy = view.policy
    if let pusher = view.pusher.name, policy.settings.queue.contains(pusher) {
      guard update.new == nil, name == policy.head else { return nil }
      return PushRefusal(
        update.name, "'\(branch)' holds what pushes may change, and cannot be deleted",
        hint: "on the host, make another one HEAD first: git symbolic-ref HEAD refs/heads/NAME")
    }
    let asWhom = view.pusher.name.map { "; you are '\($0)'" } ?? ""
    return PushRefusal(
      update.name, "only the queue moves '\(branch)', which is protected\(asWhom)",
      hint: "queue it: git push origin HEAD:refs/for/\(branch)")
  }

  /// Branches of a run are its own clone's.
  private func ofRun(_ update: ReferenceUpdate, _ kind: PushedKind) -> PushRefusal? {
    guard case .work(let run, _) = kind, view.policy.settings.identity != nil else { return nil }
    guard let pusher = view.pusher.owner else { return Ownership.unknown(update.name, view) }
    guard let owner = owners.owner(of: run, "main"), owner != pusher else { return nil }
    return Ownership.foreign(update.name, owner, view)
  }
}

/// What is said of what belongs to somebody else.
enum Ownership {
  static func unknown(_ name: String, _ view: PushView) -> PushRefusal {
    let identity = view.policy.settings.identity?.text ?? ""
    return identity == "certificate"
      ? PushRefusal(
        name, "whose it is shows by a signed push, and this one is not signed",
        hint: "sign it: git push --signed origin ...")
      : PushRefusal(
        name, "the host does not know who you are: \(identity) is not set there",
        hint: "push by an address at which you log in; ask who runs the host")
  }

  static func foreign(_ name: String, _ owner: String, _ view: PushView) -> PushRefusal {
    PushRefusal(
      name, "it belongs to \(owner.terminalSafe), who began the run",
      hint: "what you have to say of another's run goes to an inbox: git uet sync")
  }
}
