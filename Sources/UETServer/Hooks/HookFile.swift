/// A hook that this program puts into a repository: a short file that calls it.
///
/// By its own name: git has put the folder of its commands in front of the PATH, and to go by
/// `git uet` would be one more process at each push.
package enum HookFile: String, CaseIterable, Sendable {
  case preReceive = "pre-receive"
  case procReceive = "proc-receive"
  case postReceive = "post-receive"
  case prePush = "pre-push"
  case postMerge = "post-merge"

  /// For whom it is.
  package enum Side: Sendable {
    /// A repository that others push to.
    case server
    /// A clone that somebody works in.
    case client
  }

  package var side: Side {
    switch self {
    case .preReceive, .procReceive, .postReceive: .server
    case .prePush, .postMerge: .client
    }
  }

  /// Whether another one can run after it: git talks with one program alone at `proc-receive`.
  var isChained: Bool { self != .procReceive }

  /// Where what stood at the hook's place before is kept, and run from.
  var keptName: String { rawValue + Self.keptSuffix }

  package static let keptSuffix = ".before-uet"
  private static let mark = "# git-uet: "

  private var purpose: String {
    switch self {
    case .preReceive: "judges a push before anything of it is taken."
    case .procReceive: "puts what is pushed to refs/for into the line of its branch."
    case .postReceive: "tells the process that serves the queue of a push."
    case .prePush: "keeps a push from taking away what others share."
    case .postMerge: "records what was landed by hand."
    }
  }

  package var text: String {
    """
    #!/bin/sh
    \(Self.mark)\(purpose)
    # Put here by 'git uet hook install', taken away by 'git uet hook uninstall'.
    \(afterwards)
    \(body)

    """
  }

  private var afterwards: String {
    isChained
      ? "# What stood here before is '\(keptName)', and runs after it."
      : "# Git talks with one program alone here: none runs after it."
  }

  private var body: String {
    let call = "exec git-uet hook \(rawValue) --after \(kept) \"$@\""
    // A host without the program takes nothing; a clone does without.
    return switch self {
    case .preReceive, .procReceive: call
    case .postReceive:
      """
      if [ -e uet-server/serve.lock ]; then
          rm -f uet-server/wake
          : > uet-server/wake
      fi 2> /dev/null
      [ ! -x \(kept) ] || exec \(kept) "$@"
      """
    case .prePush, .postMerge:
      """
      if ! command -v git-uet > /dev/null; then
          [ ! -x \(kept) ] || exec \(kept) "$@"
          exit 0
      fi
      \(call)
      """
    }
  }

  private var kept: String { "\"$0\(Self.keptSuffix)\"" }

  /// Whether a file is one of this program's, of any version.
  static func isOurs(_ content: [UInt8]) -> Bool {
    let lines = content.prefix(200).split(separator: UInt8(ascii: "\n"))
    return lines.count > 1 && lines[1].starts(with: Array(mark.utf8))
  }
}
