extension ScopePattern {
  /// Bounds that no real pattern reaches; beyond them it is refused, not expanded.
  enum Limit {
    static let bytes = 4096
    static let nesting = 16
    static let alternatives = 1024
    /// Scalars, wildcards and separators of all alternatives together.
    static let units = 8192
    /// A name has 255 bytes at most, so a longer glob is a mistake or an attack.
    static let segmentUnits = 512
  }

  static func form(of text: String) throws(Problem) -> Form {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.count <= Limit.bytes else { throw .tooComplex }
    if let path = plainPath(text) {
      try check(path: path)
      return .path(path)
    }
    if text.unicodeScalars.contains("\0") { throw .nul }
    let choices = try PatternParser.alternatives(of: text)
    var alternatives: [[Segment]]
    do throws(Problem) { alternatives = try self.alternatives(choices, each: true) } catch {
      guard error == .tooComplex else { throw error }
      alternatives = try self.alternatives(choices, each: false)
    }
    if alternatives.contains([]) { return .path("") }
    return single(alternatives).map(Form.path) ?? .globs(alternatives)
  }

  /// - Parameter each: Whether brackets are taken both ways in each name by itself.
  private static func alternatives(
    _ choices: [[PatternUnit]], each: Bool
  ) throws(Problem) -> [[Segment]] {
    var result: [[Segment]] = []
    for units in choices {
      for segments in try segments(of: units, each: each) where !result.contains(segments) {
        guard result.count < Limit.alternatives else { throw .tooComplex }
        result.append(segments)
      }
    }
    return result
  }

  /// The text itself when it is a normalised path without any special character: the usual case.
  private static func plainPath(_ text: String) -> String? {
    var last = UInt8(ascii: "/")
    var beforeLast = last
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["),
        UInt8(ascii: "{"), UInt8(ascii: "}"), 0:
        return nil
      case UInt8(ascii: "/"):
        if last == byte || (last == UInt8(ascii: ".") && beforeLast == byte) { return nil }
      default: break
      }
      (beforeLast, last) = (last, byte)
    }
    if last == UInt8(ascii: "."), beforeLast == UInt8(ascii: "/") { return nil }
    return last == UInt8(ascii: "/") ? String(text.dropLast()) : text
  }

  private static func check(path: String) throws(Problem) {
    var isFirst = true
    for part in path.utf8.split(separator: UInt8(ascii: "/")) {
      let count = part.count
      if isFirst, count == 2, part.last == UInt8(ascii: ":"), isLetter(part.first ?? 0) {
        throw .absolute
      }
      isFirst = false
      guard part.first == UInt8(ascii: "."), count == 2 || count == 4 else { continue }
      if count == 2, part.last == UInt8(ascii: ".") { throw .parentDirectory }
      if count == 4, part.map({ $0 | 0x20 }).elementsEqual(".git".utf8) { throw .gitDirectory }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// The path, when there is one alternative and it has names only.
  private static func single(_ alternatives: [[Segment]]) -> String? {
    guard alternatives.count == 1 else { return nil }
    var path = ""
    for segment in alternatives[0] {
      guard case .name(let scalars) = segment else { return nil }
      if !path.isEmpty { path.unicodeScalars.append("/") }
      path.unicodeScalars.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
    }
    return path
  }

  /// The segment lists that one brace-free alternative stands for.
  private static func segments(
    of units: [PatternUnit], each: Bool
  ) throws(Problem) -> [[Segment]] {
    guard !units.isEmpty else { throw .empty }
    guard units[0] != .separator else { throw .absolute }
    var result: [[Segment]] = []
    for variant in try PatternUnit.splittingDeepStars(units) {
      let readings = PatternUnit.readings(variant, each: each)
      var found: [[Segment]] = []
      var problem = Problem.matchesNothing
      for reading in readings {
        do throws(Problem) { found.append(try segments(of: reading)) } catch {
          // A class that no name can match, such as `[z-a]`, leaves the name of brackets; and what
          // is too long for a name leaves the class.
          guard error == .matchesNothing || error == .tooComplex else { throw error }
          problem = error
        }
      }
      guard !found.isEmpty else { throw problem }
      result += found
    }
    return result
  }

  private static func segments(of reading: [PatternUnit]) throws(Problem) -> [Segment] {
    var segments: [Segment] = []
    for part in reading.split(separator: .separator) {
      if let segment = try segment(of: Array(part), isFirst: segments.isEmpty),
        segment != .anyDepth || segments.last != .anyDepth
      {
        segments.append(segment)
      }
    }
    // A trailing `**` is one name more: what is below that is covered anyway.
    if segments.last == .anyDepth { segments[segments.count - 1] = .glob(.anything) }
    while segments.count > 1, segments.last == .glob(.anything),
      segments[segments.count - 2] == .anyDepth
    {
      segments.remove(at: segments.count - 2)
    }
    return segments
  }

  private static func segment(
    of units: [PatternUnit], isFirst: Bool
  ) throws(Problem) -> Segment? {
    if units == [.deepStar] { return .anyDepth }
    guard units.count <= Limit.segmentUnits else { throw .tooComplex }
    let glob = SegmentGlob(units.compactMap(\.element))
    if glob.elements.contains(where: { $0.scalars.isEmpty }) { throw .matchesNothing }
    if let name = glob.name {
      if name == [0x2E] { return nil }
      if name == [0x2E, 0x2E] { throw .parentDirectory }
      if isFirst, name.count == 2, name[1] == 0x3A, name[0] < 0x80, isLetter(UInt8(name[0])) {
        throw .absolute
      }
      guard NameCheck.allows(name) else { throw .gitDirectory }
      return .name(name)
    }
    guard glob.exampleName != nil else {
      throw glob.elements.contains { $0.accepts(0x67) || $0.accepts(0x47) }
        ? .gitDirectory : .parentDirectory
    }
    return .glob(glob)
  }
}
