extension Collection<String> {
  /// What all begin with; nil where there is none.
  package var commonPrefix: String? {
    guard let least = self.min(), let last = self.max() else { return nil }
    return String(zip(least, last).prefix { $0 == $1 }.map(\.0))
  }
}
