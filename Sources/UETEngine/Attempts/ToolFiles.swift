import UETModel
import UETSystem
import UETTools

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Looks for the files that an agent program wrote.
struct ToolFiles {
  private let file: ToolFile
  private let since: Timestamp
  private let root: String?

  /// Folders deeper than this, and files more than this many, are not looked at.
  private static let deepest = 8
  private static let most = 200_000

  /// `environment` is the program's own.
  init(_ file: ToolFile, since: Timestamp, _ environment: [String: String]) {
    self.file = file
    self.since = since
    switch file.root {
    case .absolute(let path): root = path
    case .home(let variable, let folder):
      if let path = variable.flatMap({ environment[$0] }), !path.isEmpty {
        root = path
      } else {
        root = environment["HOME"].map { "\($0)/\(folder)" }
      }
    }
  }

  func paths() -> [String] {
    guard let root else { return [] }
    if Files.kind(root) == .file { return fits(root) ? [root] : [] }
    var found: [String] = []
    var seen = 0
    var folders = [(path: root, depth: 0)]
    while let (folder, depth) = folders.popLast() {
      for name in Files.names(in: folder) {
        seen += 1
        guard seen <= Self.most else { return found.sorted() }
        let path = "\(folder)/\(name)"
        if name.hasPrefix(file.prefix), path.hasSuffix(file.suffix) {
          if fits(path) { found.append(path) }
        } else if depth < Self.deepest, Files.kind(path) == .directory {
          folders.append((path, depth + 1))
        }
      }
    }
    return found.sorted()
  }

  private func fits(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return Int64(status.modified.tv_sec) >= since.wholeSeconds
  }
}
