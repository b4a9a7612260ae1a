/// A file that work needs to know, with why and what it costs to read.
package struct ContextFile: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// The work may change it.
    case scope
    /// The bundle says that it is to be read.
    case declared
    /// A file of the scope names it.
    case imported(by: String)
    /// It declares so many names that files of the scope use; some of them.
    case declares(count: Int, names: [String])
    /// It tests a file of the scope.
    case tests(String)
    case changedWith(together: Int, of: Int)
    /// A workstream that this one depends on changed it, or may.
    case result(of: String)

    /// Reasons of one kind count once: a file is not needed more where two name it.
    package var kind: Int {
      switch self {
      case .scope: 0
      case .declared: 1
      case .imported: 2
      case .declares: 3
      case .tests: 4
      case .changedWith: 5
      case .result: 6
      }
    }
  }

  package let path: String
  package let reasons: [Reason]
  /// Tokens of the whole file, and without its comments.
  package let tokens: Int
  package let prunedTokens: Int
  package let role: FileRole

  package init(
    path: String, reasons: [Reason], tokens: Int, prunedTokens: Int, role: FileRole
  ) {
    self.path = path
    self.reasons = reasons
    self.tokens = tokens
    self.prunedTokens = prunedTokens
    self.role = role
  }

  /// How much it matters: what is said to be needed before what is named, before what is only
  /// near.
  package static func weight(_ reasons: [Reason]) -> Double {
    reasons.reduce(0) { sum, reason in
      switch reason {
      case .scope: sum + 1000
      case .declared: sum + 100
      case .imported: sum + 10
      case .declares(let count, _): sum + min(8, 1.5 * Double(count))
      case .tests: sum + 6
      case .changedWith(let together, let all):
        sum + 8 * Double(together) / Double(max(all, 3))
      case .result: sum + 7
      }
    }
  }
}

/// Files that are needed, in the order in which they matter.
package enum ContextRanking {
  /// By weight; of equal ones the shorter first, then by path.
  package static func ranked(_ files: [ContextFile]) -> [ContextFile] {
    let weighed = files.map { ($0, ContextFile.weight($0.reasons)) }
    return weighed.sorted { one, other in
      (-one.1, one.0.tokens, one.0.path) < (-other.1, other.0.tokens, other.0.path)
    }.map(\.0)
  }
}
