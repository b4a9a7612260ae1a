import UETLedger

/// The names of what a host keeps of pushes to its queue.
package struct LineNames: Hashable, Sendable {
  /// `refs/uet` unless configured otherwise.
  package let prefix: String

  package init(_ names: LedgerNames) { prefix = names.prefix }

  package init(prefix: String) { self.prefix = prefix }

  /// Where people push to: never a reference that is there.
  static let pushed = "refs/for/"

  /// Where each candidate is, as `refs/uet/queue/BRANCH/TOPIC`.
  package var candidates: String { prefix + "/queue/" }

  /// Where what the host knows of each branch's line is, as `refs/uet/line/BRANCH`, with
  /// `%2F` for a slash.
  package var lines: String { prefix + "/line/" }

  /// Where orders to a line are pushed to, as `refs/uet/inbox/BRANCH/VERB`: never a reference that
  /// is there.
  package var inbox: String { prefix + "/inbox/" }

  /// One candidate; `branch` without `refs/heads/`.
  package func candidate(_ branch: String, _ topic: String) -> String {
    "\(candidates)\(branch)/\(topic)"
  }

  /// The line of a branch, which is given without `refs/heads/`. Without folders, so that that of a
  /// branch which is gone is in nobody's way: `release%2F1.0`.
  package func line(_ branch: String) -> String {
    lines + branch.replacing("%", with: "%25").replacing("/", with: "%2F")
  }
}

/// What `refs/for/BRANCH[/TOPIC]` asks for.
struct PushedName: Hashable, Sendable {
  /// Without `refs/heads/`.
  let branch: String
  /// Nil where the push leaves it to the host.
  let topic: String?

  /// Reads a name; a branch may hold slashes, so that the longest that is there counts. Nil where
  /// none of them is.
  init?(
    _ name: String, below prefix: String, isBranch: (String) throws -> Bool
  ) rethrows {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.utf8.count)
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    for count in stride(from: parts.count, to: 0, by: -1) {
      let branch = parts[..<count].joined(separator: "/")
      guard try isBranch(branch) else { continue }
      self.branch = branch
      topic = count < parts.count ? parts[count...].joined(separator: "/") : nil
      return
    }
    return nil
  }
}

/// What a candidate is called where its push does not say so.
enum Topic {
  /// The most bytes of one.
  static let longest = 200

  /// A word that tells what a commit is about, from its subject.
  static func telling(_ message: String) -> String {
    let slug = String(slugOf: message.prefix { !$0.isNewline }, limit: 50)
    let end = slug.lastIndex { $0 != "-" }
    return end.map { String(slug[...$0]) } ?? "change"
  }
}
