/// A set of paths: an exact path, a directory with all below it, or a glob.
///
/// A pattern covers each path it names and everything below. Matching works on Unicode scalars:
/// `?` and `[...]` stand for one scalar, and two spellings of a name that differ in their scalars
/// are two names, as they are to git.
package struct ScopePattern: Sendable {
  /// The pattern as written.
  package let text: String
  package let form: Form

  /// What a pattern names, after normalising and expanding it.
  package enum Form: Sendable {
    /// One file or directory, `/`-separated; empty for the whole repository.
    case path(String)
    /// What each of several segment lists names.
    case globs([[Segment]])
  }

  /// One step of a glob's path.
  package enum Segment: Hashable, Sendable {
    /// Exactly this name, as scalars.
    case name([UInt32])
    /// Any name that the glob matches.
    case glob(SegmentGlob)
    /// Zero or more directories of any name; never the last segment.
    case anyDepth
  }

  package init(_ text: String) throws(Problem) {
    self.text = text
    form = try Self.form(of: text)
  }

  /// Whether the pattern covers `path`, a `/`-separated path relative to the repository's root.
  package func matches(_ path: String) -> Bool {
    switch form {
    case .path(let own): Self.covers(own, path)
    case .globs(let alternatives): Self.covers(alternatives, path)
    }
  }

  private static func covers(_ own: String, _ path: String) -> Bool {
    if own.isEmpty { return true }
    var rest = path.utf8.makeIterator()
    for byte in own.utf8 where rest.next() != byte { return false }
    let next = rest.next()
    return next == nil || next == UInt8(ascii: "/")
  }

  private static func covers(_ alternatives: [[Segment]], _ path: String) -> Bool {
    let names = path.unicodeScalars.split(separator: "/").map { $0.map(\.value) }
    return alternatives.contains { covers($0, names) }
  }

  /// Whether some prefix of `names` is named by the segments: a set of places that are reached.
  private static func covers(_ segments: [Segment], _ names: [[UInt32]]) -> Bool {
    var reached = [Bool](repeating: false, count: segments.count + 1)
    reached[0] = true
    for name in names {
      var next = [Bool](repeating: false, count: segments.count + 1)
      var alive = false
      for place in segments.indices where reached[place] {
        switch segments[place] {
        case .anyDepth:
          // Stays for deeper directories, and stands aside for what follows it.
          next[place] = true
          reached[place + 1] = true
        case .name(let own): next[place + 1] = next[place + 1] || own == name
        case .glob(let glob): next[place + 1] = next[place + 1] || glob.matches(name)
        }
        alive = alive || next[place] || next[place + 1]
      }
      if next[segments.count] { return true }
      guard alive else { return false }
      reached = next
    }
    return reached[segments.count]
  }
}

extension ScopePattern: Hashable {
  /// Equal as bytes: canonically equivalent text is not the same name to git.
  package static func == (left: ScopePattern, right: ScopePattern) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension ScopePattern.Form: Hashable {
  package static func == (left: ScopePattern.Form, right: ScopePattern.Form) -> Bool {
    switch (left, right) {
    case (.path(let mine), .path(let theirs)): mine.utf8.elementsEqual(theirs.utf8)
    case (.globs(let mine), .globs(let theirs)): mine == theirs
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .path(let path): hasher.combine(path)
    case .globs(let alternatives): hasher.combine(alternatives)
    }
  }
}

extension ScopePattern: CustomStringConvertible {
  package var description: String { text }
}

extension ScopePattern {
  /// The pattern with `/` as its only separator, and no empty or `.` segments; for showing.
  package var normalized: String {
    if case .path(let path) = form, !text.utf8.contains(UInt8(ascii: "[")) {
      return path.isEmpty ? "." : path
    }
    return text.unicodeScalars.split { $0 == "/" || $0 == "\\" }.filter { !$0.elementsEqual(["."]) }
      .map(String.init).joined(separator: "/")
  }

  /// Why a text is no pattern.
  package enum Problem: Error, Hashable, Sendable {
    case empty, absolute, parentDirectory, nul, gitDirectory, unbalanced
    /// A class such as `[b-a]` that no name can match.
    case matchesNothing
    /// Too long, too deeply nested, or too many alternatives.
    case tooComplex
  }
}

extension ScopePattern.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "a scope pattern must not be empty"
    case .absolute: "a scope pattern must be relative to the repository's root"
    case .parentDirectory: "a scope pattern must not contain '..'"
    case .nul: "a scope pattern must not contain a NUL character"
    case .gitDirectory: "a scope pattern must not lead into '.git'"
    case .unbalanced: "a scope pattern has an unbalanced '[' or '{'"
    case .matchesNothing: "a scope pattern can match no path"
    case .tooComplex: "a scope pattern is too long or has too many alternatives"
    }
  }
}
