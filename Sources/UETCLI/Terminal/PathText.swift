import UETModel

/// Paths for people.
enum PathText {
  /// The part below `root`, or the whole path; safe to print.
  static func short(_ path: String, below root: String) -> String {
    (path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path).terminalSafe
  }
}
