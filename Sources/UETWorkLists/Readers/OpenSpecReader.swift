import UETModel

/// A change of OpenSpec: the boxes of its `tasks.md`.
struct OpenSpecReader {
  private var list: WorkList
  private let file: WorkListFile
  private let options: ReadingOptions
  private var parents: [Int?] = []
  private var open: [(indent: Int, item: Int)] = []
  private var section: WorkItem.Section?
  private var groupNumber: String?
  private var headings: [(line: TextLines.Line, id: String, title: String)] = []
  private var numberedBoxes = 0
  private var edges = ProseEdges(readID: Self.readID)

  static func read(_ file: WorkListFile, _ options: ReadingOptions) -> WorkList {
    var reader = OpenSpecReader(file, options)
    reader.readLines()
    return reader.list
  }

  private init(_ file: WorkListFile, _ options: ReadingOptions) {
    (self.file, self.options) = (file, options)
    list = WorkList(.openspec, name: Self.name(of: file), origin: file.path)
    list.hasReadingOrder = true
  }

  /// The name of the change: its folder, without the date that archiving puts before it.
  private static func name(of file: WorkListFile) -> String {
    guard file.name == "tasks.md", file.parts.count > 1 else {
      return String(file.name.split(separator: ".").first ?? "")
    }
    let folder = file.parts[file.parts.count - 2]
    let date = folder.prefix(11)
    let isDate =
      isArchived(file) && date.count == 11
      && date.enumerated().allSatisfy { place, character in
        [4, 7, 10].contains(place) ? character == "-" : character.isNumber
      }
    return String(isDate ? folder.dropFirst(11) : folder)
  }

  static func isArchived(_ file: WorkListFile) -> Bool {
    file.parts.dropLast(2).last == "archive"
  }

  /// `1.2`, `1.2.3b`: numbers with a dot between them, at a word's start.
  static func readID(_ text: Substring) -> Substring? {
    let bytes = text.utf8
    var index = bytes.startIndex
    var numbers = 0
    while true {
      let digits = bytes[index...].prefix { $0.isDigit }
      guard !digits.isEmpty else { return nil }
      numbers += 1
      index = digits.endIndex
      guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "."),
        bytes[bytes.index(after: index)...].first?.isDigit == true
      else { break }
      index = bytes.index(after: index)
    }
    guard numbers > 1 else { return nil }
    index = bytes[index...].prefix { $0.isLetter }.endIndex
    if index < bytes.endIndex, bytes[index].isWordByte { return nil }
    return text[..<index]
  }

  private mutating func readLines() {
    var fence = FenceWatch()
    for line in TextLines(file.bytes).lines {
      let isHidden = fence.hides(line)
      if isHidden {
        if let box = BoxLine(line), box.isOpen || box.isDone { noteHidden(line, box) }
      } else if let heading = HeadingLine(line) {
        read(heading, line)
      } else if let box = BoxLine(line), !box.text.hasPrefix("(") {
        read(box, line)
      } else {
        readOther(line)
      }
    }
    finish()
  }

  private mutating func noteHidden(_ line: TextLines.Line, _ box: BoxLine) {
    list.note(
      "fenced_box", line: line.number,
      "\(box.text.quoted(limit: 60)) stands in a fenced block or a comment; it is not imported")
  }

  private mutating func read(_ heading: HeadingLine, _ line: TextLines.Line) {
    open = []
    if let id = Self.readID(heading.text[...]) {
      headings.append((line, String(id), heading.text.dropFirst(id.count).trimmed))
      return
    }
    guard heading.level <= 2 else { return }
    section = WorkItem.Section(title: heading.text, index: (section?.index ?? -1) + 1)
    let number = heading.text.prefix { $0.isNumber }
    groupNumber = number.isEmpty ? nil : Self.plain(number)
  }

  private static func plain(_ number: some StringProtocol) -> String {
    let rest = number.drop { $0 == "0" }
    return rest.isEmpty ? "0" : String(rest)
  }

  private mutating func read(_ box: BoxLine, _ line: TextLines.Line) {
    var text = box.text
    let isBold = text.hasPrefix("**")
    var id = Self.readID(text.dropFirst(isBold ? 2 : 0)).map(String.init) ?? ""
    if !id.isEmpty {
      let rest = text.dropFirst(id.count + (isBold ? 2 : 0))
      let after = isBold && rest.hasPrefix("**") ? rest.dropFirst(2) : rest
      if after.isEmpty || after.first == " " || after.first == ":" || after.first == "." {
        text = after.drop { ": .".contains($0) }.trimmed
      } else {
        id = ""
      }
    }
    var item = WorkItem(
      id: id, title: text, state: box.isDone ? .done : .open,
      place: SourcePlace(file: file.path, line: line.number),
      tick: .box(digest: Digest.of(line.bytes)))
    item.stateWord = "[\(box.mark)]"
    item.section = section
    if isBold, !id.isEmpty {
      note("bold_id", line, "\(id) is bold, which is no id to OpenSpec", id)
    }
    if !box.isOpen, !box.isDone {
      note(
        "unknown_mark", line, "'[\(box.mark)]' is no box to OpenSpec; taken as open",
        id)
    }
    checkGroup(id, line)
    item.paths = PathWords.all(in: text)
    for found in edges.found(in: text, isTaskLine: true) {
      if found.from == nil, let to = found.to {
        item.wants.append(WorkItem.Want(to, line: line.number))
      }
    }
    open.removeAll { $0.indent >= box.indent }
    parents.append(open.last?.item)
    open.append((box.indent, list.items.count))
    list.items.append(item)
  }

  private mutating func checkGroup(_ id: String, _ line: TextLines.Line) {
    guard let groupNumber, let first = id.split(separator: ".").first,
      Self.plain(first) != groupNumber
    else { return }
    note("wrong_group", line, "\(id) stands under group \(groupNumber)", id)
  }

  private mutating func note(
    _ code: String, _ line: TextLines.Line, _ message: String, _ id: String
  ) {
    list.note(code, line: line.number, message, item: id.isEmpty ? nil : id)
  }

  /// What goes on below a box belongs to it; a bullet with an id and no box is only named.
  private mutating func readOther(_ line: TextLines.Line) {
    let text = line.text.trimmed
    if text.isEmpty { return }
    if let first = text.first, "-*+".contains(first) {
      let body = text.dropFirst().trimmed
      if first == "+", body.hasPrefix("["), body.dropFirst(2).first == "]" {
        return note("odd_box", line, "a box behind '+' is none to OpenSpec; not imported", "")
      }
      if let id = Self.readID(body[...]) {
        return note("no_box", line, "\(id) has no box; it is not a task", String(id))
      }
    }
    if let first = text.first, first.isNumber, Self.isNumberedBox(text) {
      numberedBoxes += 1
    }
    guard let item = open.last, line.indent > item.indent else {
      open = []
      return
    }
    list.items[item.item].text.append(text)
    list.items[item.item].paths.merge(PathWords.all(in: text))
  }

  private static func isNumberedBox(_ text: String) -> Bool {
    let rest = text.drop { $0.isNumber }
    return rest.hasPrefix(". [") && rest.dropFirst(4).first == "]"
  }

  private mutating func finish() {
    let boxes = list.items.count
    if numberedBoxes > 0 || (boxes == 0 && !headings.isEmpty) {
      list.note(
        "no_box",
        "\(boxes) checkbox \(boxes == 1 ? "task" : "tasks"), \(headings.count) numbered "
          + "\(headings.count == 1 ? "heading" : "headings"), \(numberedBoxes) numbered-list "
          + (numberedBoxes == 1 ? "box" : "boxes")
          + (options.readsHeadings || headings.isEmpty ? "" : "; --headings takes the headings"))
    } else if boxes == 0 {
      list.note("no_tasks", "no line with a box: nothing to import")
    }
    if options.readsHeadings, boxes == 0 { takeHeadings() }
    list.makeKeys(parents: parents, noun: "a box")
    for index in list.sections.dropFirst() { list.sectionOrder[index] = [index - 1] }
  }

  /// Each numbered heading as a task, with what stands below it.
  private mutating func takeHeadings() {
    let lines = TextLines(file.bytes).lines
    for (place, heading) in headings.enumerated() {
      let end = place + 1 < headings.count ? headings[place + 1].line.number - 1 : lines.count
      let body = lines[heading.line.number..<end].filter { HeadingLine($0) == nil }
      let boxes = body.filter { Self.isNumberedBox($0.text.trimmed) }
      let isDone =
        !boxes.isEmpty && boxes.allSatisfy { $0.text.lowercased().contains(". [x]") }
      var item = WorkItem(
        id: heading.id, title: heading.title, state: isDone ? .done : .open,
        place: SourcePlace(file: file.path, line: heading.line.number), tick: .nothing)
      item.text = body.map(\.text.trimmed).filter { !$0.isEmpty }
      for text in [heading.title] + item.text { item.paths.merge(PathWords.all(in: text)) }
      parents.append(nil)
      list.items.append(item)
    }
  }
}

extension [NamedPath] {
  /// Adds paths that are not named yet.
  mutating func merge(_ others: [NamedPath]) {
    for path in others where !contains(where: { $0.text == path.text }) { append(path) }
  }
}

extension WorkList {
  /// The places of the sections that hold items, in their order.
  var sections: [Int] { Set(items.compactMap(\.section?.index)).sorted() }
}
