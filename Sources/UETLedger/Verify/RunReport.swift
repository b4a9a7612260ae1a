import UETModel

/// What an examination of everything about one run found.
package struct RunReport: Sendable {
  /// Something beside the chains themselves that does not agree with them.
  package struct Finding: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
      /// A commit that the record names, but does not keep alive.
      case unanchored
      /// A commit's trailers say otherwise than the record.
      case trailer
      /// A note says otherwise than the record, or is missing: it can be made anew.
      case note
      /// An inbox does not hold what was admitted from it.
      case inbox
    }

    package let kind: Kind
    package let commit: ObjectID
    package let reason: String
  }

  package let main: LedgerReport
  /// The key of who started it, as its root names it.
  package internal(set) var signer: SignerKey?
  /// Of the inboxes that stand among the run's own chains.
  package internal(set) var inboxes: [LedgerReport] = []
  package internal(set) var findings: [Finding] = []
  /// How many commits of workstreams and merges were compared with the record.
  package internal(set) var works = 0
  /// How many notes were; nil where they were not looked at.
  package internal(set) var notes: Int?

  package var run: RunID { main.run }

  package var isSound: Bool {
    main.isSound && inboxes.allSatisfy(\.isSound) && findings.isEmpty
  }

  /// Whether nothing but what can be made anew is wrong.
  package var isDerivedOnly: Bool {
    main.isSound && inboxes.allSatisfy(\.isSound) && findings.allSatisfy { $0.kind == .note }
  }

  mutating func note(_ kind: Finding.Kind, _ commit: ObjectID, _ reason: String) {
    findings.append(Finding(kind: kind, commit: commit, reason: reason))
  }
}
