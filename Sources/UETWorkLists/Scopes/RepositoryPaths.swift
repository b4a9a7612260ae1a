/// The paths of a repository, now and before: what names in a list are looked up in.
package struct RepositoryPaths: Sendable {
  private let files: Set<String>
  private let folders: Set<String>
  private let past: Set<String>
  private let byName: [Substring: [String]]

  /// - Parameters:
  ///   - files: The files of the commit that work starts from, relative to the root.
  ///   - past: Files that were there in its history and are gone.
  package init(files: [String] = [], past: [String] = []) {
    var folders: Set<String> = []
    var byName: [Substring: [String]] = [:]
    for file in files {
      var rest = file[...]
      byName[Self.name(of: rest), default: []].append(file)
      while let slash = rest.lastIndex(of: "/") {
        rest = rest[..<slash]
        if !folders.insert(String(rest)).inserted { break }
      }
    }
    self.files = Set(files)
    self.folders = folders
    self.past = Set(past).subtracting(files)
    self.byName = byName
  }

  private static func name(of path: Substring) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path
  }

  func isFile(_ path: String) -> Bool { files.contains(path) }

  func isFolder(_ path: String) -> Bool { folders.contains(path) }

  func wasThere(_ path: String) -> Bool { past.contains(path) }

  /// Files whose path ends in these parts, but is longer.
  func endings(_ path: String) -> [String] {
    guard let found = byName[Self.name(of: path[...])] else { return [] }
    let end = "/" + path
    return found.filter { $0.hasSuffix(end) }
  }

  /// Whether the folder that a path lies in is there; the root always is.
  func hasFolder(of path: String) -> Bool {
    let plain = path.hasSuffix("/") ? path.dropLast() : path[...]
    guard let slash = plain.lastIndex(of: "/") else { return true }
    return folders.contains(String(plain[..<slash]))
  }
}
