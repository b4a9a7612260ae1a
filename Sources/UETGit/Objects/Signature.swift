import UETModel

/// Who made a commit, and when.
package struct Signature: Hashable, Sendable {
  package var name: String
  package var email: String
  /// Kept in whole seconds by git.
  package var at: Timestamp
  /// Minutes east of UTC.
  package var offsetMinutes: Int

  package init(name: String, email: String, at: Timestamp, offsetMinutes: Int = 0) {
    (self.name, self.email, self.at, self.offsetMinutes) = (name, email, at, offsetMinutes)
  }

  /// `NAME <EMAIL> SECONDS +ZZZZ`, as a commit object holds it.
  ///
  /// As git does, characters that would break the line are dropped, and the ends are trimmed of
  /// spaces and punctuation that comes from badly joined names.
  var line: String {
    get throws(GitError) {
      let name = Self.cleaned(self.name)
      if name.isEmpty { throw .invalidSignature(self.name) }
      let minutes = abs(offsetMinutes)
      let zone = (offsetMinutes < 0 ? "-" : "+") + Self.twoDigits(minutes / 60 % 100)
      let seconds = max(0, at.wholeSeconds)
      return
        "\(name) <\(Self.cleaned(email))> \(seconds) \(zone)\(Self.twoDigits(minutes % 60))"
    }
  }

  private static func cleaned(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      $0 != "<" && $0 != ">" && $0 != "\n" && $0.value != 0
    }
    func isCrud(_ scalar: Unicode.Scalar) -> Bool {
      scalar.value <= 32 || ".,:;\"\\'".unicodeScalars.contains(scalar)
    }
    var result = Substring.UnicodeScalarView(kept.drop(while: isCrud))
    while let last = result.last, isCrud(last) { result.removeLast() }
    return String(result)
  }

  private static func twoDigits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
}
