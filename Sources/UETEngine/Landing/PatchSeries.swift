import UETModel

/// Files of patches that belong together, in order.
struct PatchSeries: Hashable, Sendable {
  private(set) var files: [String]

  /// Files follow each other in one series where their subjects say so, as `git format-patch`
  /// writes them (`[PATCH 2/3]`); one without such a number stands for itself.
  static func parted(
    _ files: [String], text: (String) -> String?
  ) -> [PatchSeries] {
    var result: [PatchSeries] = []
    var before: Number?
    for file in files {
      let number = text(file).flatMap(Number.init)
      if let number, let before, number.follows(before), let last = result.indices.last {
        result[last].files.append(file)
      } else {
        result.append(PatchSeries(files: [file]))
      }
      before = number
    }
    return result
  }

  private struct Number: Hashable {
    let place: Int
    let count: Int

    /// Reads it from the subject of a mail.
    init?(_ mail: String) {
      let lines = mail.split(whereSeparator: \.isNewline)
      guard let start = lines.firstIndex(where: { $0.hasPrefix("Subject:") }) else { return nil }
      // A long subject goes on in lines that begin with a space.
      let folded = lines[(start + 1)...].prefix { $0.first == " " || $0.first == "\t" }
      let subject = ([lines[start]] + folded).joined()
      guard let open = subject.firstIndex(of: "["), let close = subject.firstIndex(of: "]"),
        open < close
      else { return nil }
      let words = subject[subject.index(after: open)..<close].split(separator: " ")
      guard let word = words.last else { return nil }
      let parts = word.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let place = Int(parts[0]), let count = Int(parts[1]), count > 1
      else { return nil }
      (self.place, self.count) = (place, count)
    }

    func follows(_ other: Number) -> Bool { count == other.count && place > other.place }
  }
}
