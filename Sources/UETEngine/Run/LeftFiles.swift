import UETGit
import UETModel

/// What an attempt has changed in a worktree that stays, as it left it: nobody works there any
/// more.
struct LeftFiles: Sendable {
  let path: String
  private var states: [(name: String, state: ContentStamp?)]

  /// Files that are looked at again.
  private static let most = 50

  init(_ path: String, files: [String]) {
    self.path = path
    states = files.prefix(Self.most).map { ($0, ContentStamp("\(path)/\($0)")) }
  }

  /// The files that moved since the last call; none where the worktree is gone.
  mutating func changed() -> [String] {
    var names: [String] = []
    for (place, (name, state)) in states.enumerated() {
      let now = ContentStamp("\(path)/\(name)")
      if now == state { continue }
      states[place].state = now
      names.append(name)
    }
    return names.isEmpty || ContentStamp("\(path)/.git") == nil ? [] : names
  }
}
