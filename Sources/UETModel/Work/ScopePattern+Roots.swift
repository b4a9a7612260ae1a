extension ScopePattern {
  /// The directory or file that each alternative lies in for certain: all before its first
  /// wildcard.
  package var roots: [String] {
    switch form {
    case .path(let path): [path]
    case .globs(let alternatives): alternatives.map(Self.root)
    }
  }

  private static func root(_ segments: [Segment]) -> String {
    var names: [String] = []
    for segment in segments {
      guard case .name(let scalars) = segment else { break }
      var name = String.UnicodeScalarView()
      name.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
      names.append(String(name))
    }
    return names.joined(separator: "/")
  }
}
