import UETModel

extension Handoff {
  /// One file of a result, before and after; nil for what is not there, or is not looked into.
  package struct FileChange: Sendable {
    package let path: String
    package let isNew: Bool
    package let isGone: Bool
    package let old: String?
    package let new: String?

    package init(path: String, isNew: Bool, isGone: Bool, old: String?, new: String?) {
      (self.path, self.isNew, self.isGone) = (path, isNew, isGone)
      (self.old, self.new) = (old, new)
    }
  }

  /// What follows from a result: files, declarations that came and went, open points that its lines
  /// name, the subjects of its commits, and the end of what was printed.
  package static func derived(
    _ changes: [FileChange], subjects: [String], printed: String
  ) -> Handoff {
    var handoff = Handoff(.derived)
    for change in changes {
      let mark = change.isNew ? "added" : change.isGone ? "removed" : "changed"
      handoff[.files].append(HandoffForm.line("\(mark) \(change.path)"))
      let (old, new) = (change.old ?? "", change.new ?? "")
      let declared = Declarations(path: change.path)?.changes(from: old, to: new) ?? []
      handoff[.interfaces] += declared.map { HandoffForm.line("\(change.path): \($0)") }
      handoff[.open] += openPoints(from: old, to: new).map {
        HandoffForm.line("\(change.path): \($0)")
      }
    }
    handoff[.decisions] = subjects.map(HandoffForm.line).filter { !$0.isEmpty }
    handoff[.words] = printed.split(whereSeparator: \.isNewline).map {
      HandoffForm.line(String($0))
    }
    .filter { !$0.isEmpty }.suffix(3)
    return handoff
  }

  /// What an agent said, with what follows from its result where it said nothing. Files are always
  /// those that changed.
  package func completed(by derived: Handoff) -> Handoff {
    var whole = self
    for part in Part.allCases where part != .words && part != .decisions {
      if whole[part].isEmpty || part == .files { whole[part] = derived[part] }
    }
    return whole
  }

  /// Put together, so that none of them stands in this file.
  private static let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]

  /// Lines with a mark that were not there before.
  private static func openPoints(from old: String, to new: String) -> [String] {
    let before = Set(marked(old))
    return marked(new).filter { !before.contains($0) }
  }

  private static func marked(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap { line in
      guard let mark = marks.lazy.compactMap({ line.range(ofWord: $0) }).first else { return nil }
      let words = line[mark...]
      return String(words.firstRange(of: "*/").map { words[..<$0.lowerBound] } ?? words)
    }
  }
}

extension Substring {
  /// Where a word begins that stands by itself; nil where there is none.
  fileprivate func range(ofWord word: String) -> Index? {
    guard let found = firstRange(of: word) else { return nil }
    let isInside: (Character?) -> Bool = { $0?.isLetter == true || $0?.isNumber == true }
    let before = found.lowerBound > startIndex ? self[index(before: found.lowerBound)] : nil
    let after = found.upperBound < endIndex ? self[found.upperBound] : nil
    return isInside(before) || isInside(after) ? nil : found.lowerBound
  }
}
