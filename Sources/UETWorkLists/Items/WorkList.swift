import UETModel

/// The tools whose lists can be read.
package enum WorkListFormat: String, CaseIterable, Hashable, Sendable {
  case openspec, speckit, taskmaster, beads, backlog, ccpm, github
}

/// A file of a list as it was read: its path as messages name it, and its bytes.
package struct WorkListFile: Sendable {
  package var path: String
  package var bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    (self.path, self.bytes) = (path, bytes)
  }

  /// The name without its folder.
  var name: String { String(path.split(separator: "/").last ?? "") }

  /// The names of the folders that it lies in, and its own.
  var parts: [Substring] { path.split(separator: "/") }
}

/// Tasks that are told apart by their ids: a change, a feature, a tag, an epic, or all of a tool's.
package struct WorkList: Sendable {
  package let format: WorkListFormat
  /// What tells the list from others of its format; empty where there is only one.
  package var name: String
  /// The file or folder that it was read from.
  package var origin: String
  /// In the order of the source.
  package var items: [WorkItem] = []
  package var findings: [Finding] = []
  /// Whether ids count with their case and zeros: how the tool itself compares them.
  var sameness = Sameness.exact
  /// Ids that may be absent because they are done: a list that shows only what is ready.
  var isPartial = false
  /// Ids that are no items of the list and known to be done.
  var knownDone: Set<String> = []
  /// Other names that items go by: the key of each.
  var aliases: [String: Int] = [:]
  /// Sections that come before each section, where the list says so.
  var sectionOrder: [Int: [Int]] = [:]
  /// Whether a dependency on what comes later in the file is worth a word.
  var hasReadingOrder = false

  init(_ format: WorkListFormat, name: String, origin: String) {
    (self.format, self.name, self.origin) = (format, name, origin)
  }

  mutating func note(
    _ code: String, line: Int = 0, _ message: String, item: String? = nil, file: String? = nil,
    weight: Finding.Weight = .warning
  ) {
    findings.append(
      Finding(code, file ?? origin, line: line, message, item: item, weight: weight))
  }

  /// How two ids are compared.
  enum Sameness {
    case exact
    /// Without case and, part by part, without leading zeros: `tide-02` is `TIDE-2`.
    case loose

    func canonical(_ id: String) -> String {
      if self == .exact { return id }
      var result = ""
      var atStart = true
      var pending = false
      for character in id.lowercased() {
        let isDigit = character.isASCII && character.isNumber
        if isDigit, character == "0", atStart {
          pending = true
          continue
        }
        if pending, !isDigit { result.append("0") }
        pending = false
        atStart = !isDigit
        result.append(character)
      }
      return pending ? result + "0" : result
    }
  }
}

/// What is asked of the readers beyond the plain meaning of a list.
package struct ReadingOptions: Hashable, Sendable {
  /// Whether numbered headings count as tasks where an OpenSpec list has no box.
  package var readsHeadings = false

  package init(readsHeadings: Bool = false) { self.readsHeadings = readsHeadings }
}
