/// What a comment is for.
package enum CommentKind: String, CaseIterable, Hashable, Sendable {
  /// It says what a declaration is for.
  case doc
  /// Between two marks, as heads with licences are.
  case block
  /// To the end of a line.
  case line
}

/// A text without what is not needed to understand what is declared and done.
package enum Pruning {
  /// The text of a file without comments of these kinds; lines that held nothing else are gone, and
  /// of empty lines that follow each other one is left. The text itself where the language is
  /// unknown.
  package static func prune(
    _ text: [UInt8], path: String, without kinds: Set<CommentKind>
  ) -> [UInt8] {
    guard let syntax = CommentSyntax.of(path), !kinds.isEmpty else { return text }
    let found = CommentScanner.comments(in: text, syntax)
      .filter { kinds.contains($0.kind) && !isDirective(text[$0.range]) }
    guard !found.isEmpty else { return text }
    return without(found.map(\.range), text)
  }

  /// What tells a tool something, rather than a reader.
  private static func isDirective(_ comment: ArraySlice<UInt8>) -> Bool {
    directives.contains { comment.starts(with: $0.utf8) }
  }

  private static let directives = [
    "#!", "//go:", "// +build", "// swift-tools-version", "/// <reference", "//@ts-", "// @ts-",
    "# -*- coding", "# frozen_string_literal", "# type:", "#include", "#define", "#if", "#endif",
    "#region", "#endregion", "#pragma",
  ]

  private static func without(_ gaps: [Range<Int>], _ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var wasEmpty = false
    var gap = gaps.startIndex
    var line = 0
    while line < text.count {
      let end = text[line...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? text.count
      var kept: [UInt8] = []
      var place = line
      var isTouched = false
      while gap < gaps.endIndex, gaps[gap].lowerBound < end {
        isTouched = true
        if gaps[gap].lowerBound > place { kept += text[place..<gaps[gap].lowerBound] }
        place = max(place, min(end, gaps[gap].upperBound))
        if gaps[gap].upperBound > end { break }
        gap += 1
      }
      if place < end { kept += text[place..<end] }
      line = end
      let isEmpty = kept.allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
      if isEmpty, isTouched || wasEmpty {
        wasEmpty = wasEmpty || !isTouched
        continue
      }
      if isTouched { trimEnd(&kept, hasEnd: text[end - 1] == UInt8(ascii: "\n")) }
      wasEmpty = isEmpty
      result += kept
    }
    return result
  }

  /// Takes away the blanks before a comment that has gone from the end of its line, which may have
  /// gone on in the next.
  private static func trimEnd(_ line: inout [UInt8], hasEnd: Bool) {
    while let last = line.last, [0x20, 0x09, 0x0A, 0x0D].contains(last) { line.removeLast() }
    if hasEnd { line.append(UInt8(ascii: "\n")) }
  }
}
