import UETPlanning

/// What is to be trusted, beside what was.
package struct TrustReview: Hashable, Sendable {
  /// All that runs, or decides on it.
  package let parts: [DeclaredPart]
  /// What is not as it was trusted, by name; both, where nothing was.
  package let added: [DeclaredPart]
  package let removed: [DeclaredPart]
  /// Whether nothing was trusted before.
  package let isFirst: Bool
  /// Whether all of it is.
  package let isTrusted: Bool
  /// Names exactly this content.
  package let digest: String

  init(_ declared: DeclaredParts, _ record: TrustRecord?) {
    parts = declared.all
    let known = Set((record?.last ?? []).map(\.content))
    let now = Set(parts.map(\.content))
    added = parts.filter { !known.contains($0.content) }
    removed = (record?.last ?? []).filter { !now.contains($0.content) }
    isFirst = record == nil
    isTrusted = record?.covers(declared) ?? false
    digest = String(TrustRecord.digest(of: parts).prefix(16))
  }
}
