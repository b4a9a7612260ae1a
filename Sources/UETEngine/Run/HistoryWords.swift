/// Whether a gate's command obviously looks at history, so that a tree alone does not decide its
/// answer.
///
/// Only its own words are read: what a script of the tree does is for `keyed_by` to say.
enum HistoryWords {
  /// Commands of git that say something of commits or branches.
  private static let commands: Set<String> = [
    "log", "show", "describe", "rev-list", "merge-base", "blame", "annotate", "shortlog", "cherry",
    "name-rev", "whatchanged", "reflog", "branch", "symbolic-ref", "range-diff", "format-patch",
    "bisect", "tag", "for-each-ref", "show-branch", "verify-commit",
  ]
  /// Programs that read messages or history.
  private static let programs: Set<String> = [
    "commitlint", "gitlint", "committed", "gitleaks", "trufflehog", "cog", "conform", "git-cliff",
    "semantic-release",
  ]

  static func stand(in words: [String]) -> Bool {
    let tokens = words.joined(separator: " ").split {
      $0.isWhitespace || ";|&()<>{}$`\"',".contains($0)
    }.map(String.init)
    for (index, token) in tokens.enumerated() {
      let name = token.split(separator: "/").last.map(String.init) ?? token
      if programs.contains(name) || namesCommit(token) { return true }
      if name == "git", let command = command(tokens[(index + 1)...]), commands.contains(command) {
        return true
      }
    }
    return false
  }

  /// `HEAD~1`, `HEAD^`, `main..HEAD`.
  private static func namesCommit(_ token: String) -> Bool {
    ["HEAD~", "HEAD^", "HEAD@", "..HEAD", "HEAD.."].contains { token.contains($0) }
  }

  /// git's command behind its own options.
  private static func command(_ tokens: ArraySlice<String>) -> String? {
    var rest = tokens
    while let token = rest.popFirst() {
      guard token.hasPrefix("-") else { return token }
      if ["-C", "-c"].contains(token) { _ = rest.popFirst() }
    }
    return nil
  }
}
