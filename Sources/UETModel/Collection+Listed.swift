extension Collection {
  /// What a sentence says of those that it does not name: ` and 3 more`, or nothing.
  package func more(than named: Int) -> String {
    count > named ? " and \(count - named) more" : ""
  }
}

extension Collection where Element: CustomStringConvertible {
  /// The first of them for a sentence, and how many more there are: `a, b, c and 3 more`.
  package func listed(_ most: Int) -> String {
    prefix(most).map(\.description).joined(separator: ", ") + more(than: most)
  }

  /// The first of them in single quotes, and how many more there are: `'a', 'b' and 3 more`.
  package func quoted(_ most: Int) -> String {
    prefix(most).map { "'\($0)'" }.joined(separator: ", ") + more(than: most)
  }
}

extension Collection {
  /// nil where there is nothing in it.
  package var nonEmpty: Self? { isEmpty ? nil : self }
}
