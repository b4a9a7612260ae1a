/// The `UET-` trailers of a commit's message.
package struct CommitTrailers: Sendable {
  private var values: [String: [String]] = [:]

  /// The lines of the last paragraph that have the form of a trailer; none where there is one
  /// paragraph.
  package init(_ message: String) {
    let paragraphs = message.split(separator: "\n\n", omittingEmptySubsequences: true)
    guard paragraphs.count > 1, let last = paragraphs.last else { return }
    for line in last.split(separator: "\n") where line.hasPrefix("UET-") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      values[String(line[..<colon]), default: []].append(String(value))
    }
  }

  /// What a trailer says where it is not `expected`; nil where it is, or where there is none.
  package func contradiction(_ name: String, _ expected: String) -> String? {
    values[name]?.first { $0 != expected }
  }

  package subscript(name: String) -> String? { values[name]?.first }
}
