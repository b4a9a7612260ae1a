/// A place in a file: 1-based line and column (in bytes), and the JSON pointer of the value.
package struct SourcePlace: Hashable, Sendable {
  package var file: String
  package var line: Int
  package var column: Int
  package var pointer: String

  package init(file: String = "", line: Int = 1, column: Int = 1, pointer: String = "") {
    self.file = file
    self.line = line
    self.column = column
    self.pointer = pointer
  }
}

extension SourcePlace: Comparable {
  package static func < (left: SourcePlace, right: SourcePlace) -> Bool {
    (left.file, left.line, left.column, left.pointer)
      < (right.file, right.line, right.column, right.pointer)
  }
}

extension SourcePlace: CustomStringConvertible {
  package var description: String { "\(file):\(line):\(column)" }
}
