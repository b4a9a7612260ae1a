/// What changes from one look to the next: a finding that is new, gone, or of another level, and
/// what is wrong in another way than before. Figures of what is well are not news.
package struct FindingChanges: Sendable {
  package enum Change: Hashable, Sendable {
    case found(DoctorFinding)
    /// It is not found any more.
    case gone(DoctorFinding)
  }

  private var known: [DoctorFinding] = []

  package init() {}

  /// Takes what was found now; the first time all of it is news.
  package mutating func take(_ findings: [DoctorFinding]) -> [Change] {
    defer { known = findings }
    let found = findings.filter { finding in
      guard let old = known.first(where: { $0.subject == finding.subject }) else { return true }
      return old.level != finding.level
        || finding.level != .ok && old.message != finding.message
    }
    let gone = known.filter { old in !findings.contains { $0.subject == old.subject } }
    return found.map { .found($0) } + gone.map { .gone($0) }
  }
}
