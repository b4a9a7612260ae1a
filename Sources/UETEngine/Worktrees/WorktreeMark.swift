import UETGit
import UETModel
import UETScheduling
import UETSystem

/// What a worktree is in use for, kept in its administrative directory, where no worker looks.
///
/// It tells work that must be kept from what an interrupted checkout left: only a worktree that is
/// `busy` holds anything of an attempt's.
enum WorktreeMark: Hashable, Sendable {
  /// Its files are being written; followed by `busy`.
  case filling
  /// The attempt works there, or did and nothing was kept yet; followed by `free`.
  case busy(RunID, AttemptName, base: ObjectID)
  /// Everything is in `commit`, or was not to be kept; `tree` is what stood there then. Followed by
  /// `filling`.
  case free(commit: ObjectID, tree: ObjectID)

  /// The worktree's mark; nil where there is none that can be read.
  init?(of worktree: WorktreeHandle) {
    guard let bytes = Files.content(of: Self.path(worktree)) else { return nil }
    self.init(String(decoding: bytes, as: UTF8.self))
  }

  init?(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    switch (words.first, words.count) {
    case ("filling", 1): self = .filling
    case ("busy", 5):
      guard let run = RunID(words[1]), let id = WorkstreamID(words[2]), let number = Int(words[3]),
        let base = ObjectID(words[4])
      else { return nil }
      self = .busy(run, AttemptName(id, number), base: base)
    case ("free", 3):
      guard let commit = ObjectID(words[1]), let tree = ObjectID(words[2]) else { return nil }
      self = .free(commit: commit, tree: tree)
    default: return nil
    }
  }

  var text: String {
    switch self {
    case .filling: "filling"
    case .busy(let run, let name, let base):
      "busy \(run) \(name.workstream) \(name.number) \(base.hex)"
    case .free(let commit, let tree): "free \(commit.hex) \(tree.hex)"
    }
  }

  func write(to worktree: WorktreeHandle) throws(SystemFailure) {
    try Files.write("\(text)\n".utf8, to: Self.path(worktree))
  }

  private static func path(_ worktree: WorktreeHandle) -> String {
    worktree.gitDirectory + "/uet-mark"
  }
}
