import UETGit
import UETModel

/// The lines of `events.jsonl`.
package enum EventLines {
  /// The events of one file, in order. The last line ends with a line feed like every other.
  package static func parse(_ bytes: [UInt8]) throws(EventError) -> [Event] {
    var events: [Event] = []
    for line in lines(bytes[...]) { events.append(try Event(line: line)) }
    return events
  }

  /// What is between line feeds and not empty.
  package static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var rest = bytes
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      if end > rest.startIndex { lines.append(rest[..<end]) }
      rest = rest[end...].dropFirst()
    }
    return lines
  }

  /// The id that a stored line must have: git's blob id of the line without its `id` member.
  ///
  /// Works on the bytes as they stand, so that a line from a newer version with members unknown
  /// here is proven as well; nil when the line has no `id`.
  package static func identity(of line: ArraySlice<UInt8>) -> ObjectID? {
    let mark = Array(#""id":""#.utf8)
    let length = mark.count + 40 + 2
    var index = line.startIndex
    while index + length <= line.endIndex {
      if line[index] == mark[0], line[index..<index + mark.count].elementsEqual(mark) {
        guard line[index + length - 2] == UInt8(ascii: "\""),
          line[index + length - 1] == UInt8(ascii: ",")
        else { return nil }
        return Repository.hashBlob(Array(line[..<index] + line[(index + length)...]))
      }
      index += 1
    }
    return nil
  }
}
