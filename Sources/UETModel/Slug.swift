extension String {
  /// The ASCII letters and digits of a text in lower case, with one `-` for each stretch of others
  /// after the first of them; at most `limit` characters, and empty where there are none.
  package init(slugOf text: some StringProtocol, limit: Int) {
    var slug = ""
    for scalar in text.lowercased().unicodeScalars {
      let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      if isPlain { slug.unicodeScalars.append(scalar) } else if slug.last != "-" { slug += "-" }
    }
    self.init(slug.drop { $0 == "-" }.prefix(limit))
  }
}
