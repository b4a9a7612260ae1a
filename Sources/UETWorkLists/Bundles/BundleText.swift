import UETModel

/// A JSON bundle that is there already: its bytes, and where its workstreams stand in them.
///
/// It is edited in place: whatever is not replaced keeps its bytes.
struct BundleText {
  let path: String
  /// Without a byte order mark.
  let bytes: [UInt8]
  private let mark: ArraySlice<UInt8>
  /// The workstreams of the file, in its order.
  private(set) var entries: [SourceJSON] = []
  /// Where a list of workstreams stands; nil for a file that is one workstream.
  private var array: Range<Int>?
  /// Whether the file holds nothing but a phase's name and its workstreams.
  private(set) var isPlain = false
  private var edits: [(range: Range<Int>, text: String)] = []
  private var removed: Set<Int> = []
  private var added: [String] = []

  /// nil for a file that is no JSON, or nothing that could be a bundle.
  init?(path: String, bytes: [UInt8]) {
    let plain = bytes.withoutByteOrderMark
    guard let root = try? SourceJSON(parsing: plain) else { return nil }
    (self.path, self.bytes, mark) = (path, plain, bytes.dropLast(plain.count))
    if let items = root.array {
      (entries, array) = (items, root.range)
    } else if let list = root["workstreams"], let items = list.array {
      (entries, array) = (items, list.range)
      isPlain = root.members?.allSatisfy { ["phase", "workstreams"].contains($0.key) } == true
    } else if root["id"] != nil {
      entries = [root]
    } else {
      return nil
    }
  }

  /// Whether workstreams can be added to it.
  var isList: Bool { array != nil }

  mutating func replace(_ value: SourceJSON, with text: String) {
    edits.append((value.range, text))
  }

  /// Puts a member before another one.
  mutating func insert(_ key: String, _ text: String, before member: SourceJSON.Member) {
    edits.append((member.start..<member.start, "\"\(key)\": \(text),\n      "))
  }

  mutating func remove(_ index: Int) { removed.insert(index) }

  mutating func add(_ entry: String) { added.append(entry) }

  var isChanged: Bool { !edits.isEmpty || !removed.isEmpty || !added.isEmpty }

  /// Whether nothing is left in a file that is nothing but a list.
  var isEmptied: Bool {
    added.isEmpty && !entries.isEmpty && removed.count == entries.count && (isPlain || !isList)
  }

  /// The file with all that was asked for.
  func edited() -> [UInt8] {
    // What is removed is never edited as well.
    var all = edits + listEdits()
    all.sort { $0.range.lowerBound < $1.range.lowerBound }
    var result = Array(mark)
    result.reserveCapacity(bytes.count + all.reduce(0) { $0 + $1.text.utf8.count })
    var place = 0
    for edit in all {
      result += bytes[place..<edit.range.lowerBound]
      result += edit.text.utf8
      place = edit.range.upperBound
    }
    return result + bytes[place...]
  }

  /// What is taken out of the list and what comes to its end, with the commas between.
  private func listEdits() -> [(range: Range<Int>, text: String)] {
    guard let array else { return [] }
    var result: [(range: Range<Int>, text: String)] = []
    let lastKept = entries.indices.last { !removed.contains($0) }
    for index in removed where index < lastKept ?? -1 {
      let range = entries[index].range.lowerBound..<entries[index + 1].range.lowerBound
      result.append((range, ""))
    }
    let more = added.joined(separator: ",\n    ")
    if let lastKept, let last = entries.last {
      let range = entries[lastKept].range.upperBound..<last.range.upperBound
      if !range.isEmpty || !more.isEmpty {
        result.append((range, more.isEmpty ? "" : ",\n    " + more))
      }
    } else if !added.isEmpty || !removed.isEmpty {
      let inner = (array.lowerBound + 1)..<(array.upperBound - 1)
      result.append((inner, more.isEmpty ? "" : "\n    " + more + "\n  "))
    }
    return result
  }

  /// A file of its own for a list.
  static func new(phase: String, _ entries: [String]) -> [UInt8] {
    var bytes = Array("{\n  \"phase\": ".utf8)
    bytes += JSONValue.string(phase).encoded().utf8
    bytes += ",\n  \"workstreams\": [\n    ".utf8
    for (index, entry) in entries.enumerated() {
      if index > 0 { bytes += ",\n    ".utf8 }
      bytes += entry.utf8
    }
    return bytes + "\n  ]\n}\n".utf8
  }
}
