import UETGit
import UETModel

/// A file with conflict markers.
struct ConflictText: Sendable {
  /// The whole text with bare markers, whatever the labels and whichever side is ours.
  let normalised: [UInt8]
  /// Names the conflict: made of the places in conflict alone, so that it is met again in other
  /// files.
  let key: ObjectID
  /// Each place in conflict as it stands in the file, with 'ours' and 'theirs' behind its markers.
  let places: [[UInt8]]
  /// The lines before, between and behind the places: one more than there are of these.
  private let surroundings: [[ArraySlice<UInt8>]]

  private enum Part { case common, ours, base, theirs }

  /// nil where the markers are not what git writes, or there are none.
  init?(_ bytes: [UInt8]) {
    var (part, ours, theirs) = (Part.common, [UInt8](), [UInt8]())
    var (text, hunks, places): ([UInt8], [[UInt8]], [[UInt8]]) = ([], [], [])
    var around: [[ArraySlice<UInt8>]] = [[]]
    for line in Self.lines(bytes) {
      switch (part, Self.marker(line)) {
      case (.common, UInt8(ascii: "<")): (part, ours, theirs) = (.ours, [], [])
      case (.ours, UInt8(ascii: "|")): part = .base
      case (.ours, UInt8(ascii: "=")), (.base, UInt8(ascii: "=")): part = .theirs
      case (.theirs, UInt8(ascii: ">")):
        let hunk = Self.hunk(ours, theirs)
        hunks.append(hunk)
        places.append(Self.marked(ours, theirs, " ours", " theirs"))
        text += hunk
        around.append([])
        part = .common
      case (.common, nil):
        text += line
        around[around.count - 1].append(line)
      case (.ours, nil): ours += line
      case (.base, nil): break
      case (.theirs, nil): theirs += line
      default: return nil
      }
    }
    guard part == .common, !hunks.isEmpty else { return nil }
    normalised = text
    surroundings = around
    self.places = places
    key = Repository.hashBlob(Array(hunks.joined()))
  }

  private static func hunk(_ ours: [UInt8], _ theirs: [UInt8]) -> [UInt8] {
    let sides = theirs.lexicographicallyPrecedes(ours) ? (theirs, ours) : (ours, theirs)
    return marked(sides.0, sides.1)
  }

  private static func marked(
    _ first: [UInt8], _ second: [UInt8], _ above: String = "", _ below: String = ""
  ) -> [UInt8] {
    Array("<<<<<<<\(above)\n".utf8) + first + Array("=======\n".utf8) + second
      + Array(">>>>>>>\(below)\n".utf8)
  }

  /// The lines with their ends.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      result.append(bytes[start...end])
      start = end + 1
    }
    if start < bytes.endIndex { result.append(bytes[start...]) }
    return result
  }

  /// The character of a line that begins with seven of a marker's, followed by a space or nothing.
  private static func marker(_ line: ArraySlice<UInt8>) -> UInt8? {
    guard let first = line.first, "<|=>".utf8.contains(first),
      line.prefix(7).count == 7, line.prefix(7).allSatisfy({ $0 == first })
    else { return nil }
    let next = line.dropFirst(7).first ?? 0x0A
    return next == 0x20 || next == 0x0A || next == 0x0D ? first : nil
  }
}

extension ConflictText {
  /// Whether a text is this one with nothing but the places in conflict changed.
  func isResolved(by bytes: [UInt8]) -> Bool {
    let lines = Self.lines(bytes)
    guard let first = surroundings.first, let last = surroundings.last, surroundings.count > 1,
      lines.count >= first.count + last.count, lines.starts(with: first),
      lines.suffix(last.count).elementsEqual(last)
    else { return false }
    // What lies between two places may stand anywhere after what lies before it: the first such
    // place leaves the most room for the rest.
    var rest = lines.dropFirst(first.count).dropLast(last.count)
    for middle in surroundings.dropFirst().dropLast() where !middle.isEmpty {
      guard
        let start = rest.indices.first(where: { rest[$0...].starts(with: middle) })
      else { return false }
      rest = rest[(start + middle.count)...]
    }
    return true
  }
}
