import UETGit
import UETModel

/// The trailers of a commit's message, whatever they are called.
struct MessageTrailers {
  private var values: [(name: String, value: String)] = []

  /// The lines of the last paragraph that have the form of a trailer; none where there is but one
  /// paragraph. What stands further up is text.
  init(_ message: String) {
    var paragraphs: [[Substring]] = [[]]
    for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) {
        if paragraphs.last?.isEmpty == false { paragraphs.append([]) }
      } else {
        paragraphs[paragraphs.count - 1].append(line)
      }
    }
    if paragraphs.last?.isEmpty == true { paragraphs.removeLast() }
    guard paragraphs.count > 1, let last = paragraphs.last else { return }
    for line in last {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
      values.append((line[..<colon].lowercased(), String(value)))
    }
  }

  /// Whether one is there and says something; who signs off must be who made the commit.
  func satisfies(_ name: String, _ commit: Commit) -> Bool {
    let folded = name.lowercased()
    return values.contains { trailer in
      guard trailer.name == folded, !trailer.value.isEmpty else { return false }
      guard folded == "signed-off-by" else { return true }
      return [commit.author, commit.committer].contains { trailer.value.hasSuffix("<\($0.email)>") }
    }
  }
}
