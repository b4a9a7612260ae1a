import UETModel

/// A feature of spec-kit: the lines with a `T001` of its `tasks.md`.
struct SpecKitReader {
  private var list: WorkList
  private let file: WorkListFile
  private var section: WorkItem.Section?
  private var parents: [Int?] = []
  private var current: Int?
  private var others: [(section: String, line: Int, count: Int)] = []
  /// Lines that are no tasks, with what they may say of the order.
  private var prose: [(line: Int, text: String)] = []
  private let edges = ProseEdges(readID: Self.readID)

  /// Files of the feature itself that tasks speak of.
  private static let ownDocuments: Set<String> = [
    "plan.md", "spec.md", "tasks.md", "research.md", "data-model.md", "quickstart.md",
  ]

  static func read(_ file: WorkListFile) -> WorkList {
    var reader = SpecKitReader(file)
    reader.readLines()
    reader.finish()
    return reader.list
  }

  private init(_ file: WorkListFile) {
    self.file = file
    let isPlain = file.name == "tasks.md" && file.parts.count > 1
    let name = isPlain ? file.parts[file.parts.count - 2] : file.name.split(separator: ".")[0]
    list = WorkList(.speckit, name: String(name), origin: file.path)
    list.hasReadingOrder = true
  }

  /// `T001`, `T027A`, `T013.1`, `T031-MIN`: never the start of a row such as `T001-T003`.
  static func readID(_ text: Substring) -> Substring? {
    guard text.first == "T" else { return nil }
    let bytes = text.utf8
    var index = bytes.index(after: bytes.startIndex)
    let digits = bytes[index...].prefix { $0.isDigit }
    guard digits.count >= 3 else { return nil }
    index = bytes[digits.endIndex...].prefix { $0.isLetter }.endIndex
    while index < bytes.endIndex, bytes[index] == UInt8(ascii: ".") {
      let part = bytes[bytes.index(after: index)...].prefix { $0.isDigit }
      if part.isEmpty { break }
      index = part.endIndex
    }
    if index < bytes.endIndex, bytes[index] == UInt8(ascii: "-") {
      let suffix = bytes[bytes.index(after: index)...].prefix { $0.isLetter }
      let isWord = suffix.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
      if !suffix.isEmpty, isWord, bytes[suffix.endIndex...].first?.isDigit != true {
        index = suffix.endIndex
      }
    }
    return text[..<index]
  }

  private mutating func readLines() {
    let lines = TextLines(file.bytes).lines
    var fence = FenceWatch()
    for line in lines.dropFirst(FrontMatter(headOf: lines).length) {
      let isHidden = fence.hides(line)
      if isHidden {
        if let box = BoxLine(line), Self.task(box.text) != nil {
          list.note(
            "fenced_box", line: line.number,
            "\(box.text.quoted(limit: 60)) stands in a fenced block or a comment; not imported")
        }
      } else if let heading = HeadingLine(line) {
        current = nil
        if heading.level <= 2 { enter(heading) } else { prose.append((line.number, heading.text)) }
      } else if let box = BoxLine(line) {
        read(box, line)
      } else {
        readOther(line)
      }
    }
  }

  private mutating func enter(_ heading: HeadingLine) {
    section = WorkItem.Section(title: heading.text, index: (section?.index ?? -1) + 1)
  }

  /// The id, and what follows it.
  private static func task(_ text: String) -> (id: String, rest: String)? {
    let isBold = text.hasPrefix("**")
    guard let id = readID(text.dropFirst(isBold ? 2 : 0)) else { return nil }
    let rest = text.dropFirst(id.count + (isBold ? 2 : 0))
    let after = isBold && rest.hasPrefix("**") ? rest.dropFirst(2) : rest
    guard after.first.map({ " :\t".contains($0) }) ?? true else { return nil }
    return (String(id), after.drop { ": \t".contains($0) }.trimmed)
  }

  private mutating func read(_ box: BoxLine, _ line: TextLines.Line) {
    guard let (id, rest) = Self.task(box.text) else { return readBoxWithoutID(box, line) }
    var text = rest[...]
    var isParallel = false
    while text.first == "[", let close = text.firstIndex(of: "]") {
      let label = text[text.index(after: text.startIndex)..<close]
      guard label == "P" || label.hasPrefix("US") || label == "Story" else { break }
      if label == "P" { isParallel = true }
      text = text[text.index(after: close)...].drop { $0 == " " }
    }
    let title = text.trimmed
    var item = WorkItem(
      id: id, title: title, state: box.isDone ? .done : .open,
      place: SourcePlace(file: file.path, line: line.number),
      tick: .box(digest: Digest.of(line.bytes)))
    item.stateWord = "[\(box.mark)]"
    item.section = section
    item.isMarkedParallel = isParallel
    item.paths = PathWords.all(in: title).filter { !Self.ownDocuments.contains($0.text) }
    if !box.isOpen, !box.isDone {
      list.note(
        "unknown_mark", line: line.number,
        "'[\(box.mark)]' is neither open nor done; taken as open", item: id)
    }
    current = list.items.count
    prose.append((-list.items.count - 1, title))
    list.items.append(item)
    parents.append(nil)
  }

  /// Checklists are no tasks, and bullets such as `- [P] tasks = ...` are the template's own notes.
  private mutating func readBoxWithoutID(_ box: BoxLine, _ line: TextLines.Line) {
    if !box.isOpen, !box.isDone {
      return list.note(
        "not_a_box", line: line.number,
        "'[\(box.mark)] \(box.text.prefix(30).description)' "
          + "is a bullet, not a task", weight: .note)
    }
    if let current, line.indent > 0 {
      list.items[current].text.append(box.text)
      list.items[current].paths.merge(PathWords.all(in: box.text))
      return
    }
    let title = section?.title ?? ""
    if others.last?.section == title {
      others[others.count - 1].count += 1
    } else {
      others.append((title, line.number, 1))
    }
  }

  private mutating func readOther(_ line: TextLines.Line) {
    let text = line.text.trimmed
    if text.isEmpty { return }
    if text.hasPrefix("- [Story]") || text.hasPrefix("* [Story]") {
      return list.note(
        "not_a_box", line: line.number, "'[Story] ...' is a bullet, not a task", weight: .note)
    }
    if let current, line.indent > 0 {
      list.items[current].text.append(text)
      list.items[current].paths.merge(PathWords.all(in: text))
    } else {
      current = nil
    }
    prose.append((line.number, text))
  }

  private mutating func finish() {
    for other in others {
      let place = other.section.isEmpty ? "" : " under \(other.section.quoted(limit: 50))"
      list.note(
        "box_without_id", line: other.line,
        "\(other.count) \(other.count == 1 ? "box" : "boxes")\(place) without a task id; not imported"
      )
    }
    if list.items.isEmpty {
      list.note("no_tasks", "no line with a box and a task id (T001): nothing to import")
    }
    list.makeKeys(parents: parents, noun: "a box")
    var places: [String: Int] = [:]
    for (index, item) in list.items.enumerated() where places[item.id] == nil {
      places[item.id] = index
    }
    for (line, text) in prose { addEdges(line, text, places) }
    list.sectionOrder = PhaseLines.order(list, prose: prose.map(\.text))
    let ordered = list.items.count { !(list.sectionOrder[$0.section?.index ?? -1] ?? []).isEmpty }
    if ordered > 0 {
      list.note(
        "phases_not_ordered",
        "the phases put \(ordered) \(ordered == 1 ? "task" : "tasks") after others; "
          + "--phase-order makes dependencies of that", weight: .note)
    }
  }

  private mutating func addEdges(_ line: Int, _ text: String, _ places: [String: Int]) {
    let own = line < 0 ? -line - 1 : nil
    for found in edges.found(in: text, isTaskLine: own != nil) {
      let place = own.map { list.items[$0].place.line } ?? line
      let from = found.from ?? own.map { list.items[$0].id } ?? ""
      let to = found.to ?? own.map { list.items[$0].id } ?? ""
      guard let first = found.from == nil ? own : places[from] else {
        list.note(
          "unknown_task", line: place, "\(from.quoted(limit: 40)) is no task of this list",
          item: from)
        continue
      }
      let want = WorkItem.Want(to, line: place)
      if !list.items[first].wants.contains(where: { $0.text == to }) {
        list.items[first].wants.append(want)
      }
    }
  }
}
