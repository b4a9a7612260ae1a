import UETModel

/// Which directories of a sparse checkout are filled, in the way of git's cone mode: some with all
/// below them, those above them with just their own files.
package struct SparseCone: Hashable, Sendable {
  /// Without a `/` at the end; none is below another.
  let whole: Set<[UInt8]>
  /// Those of which only the files count; the root always does.
  let parents: Set<[UInt8]>

  /// What `paths` name in `commit`: a directory with all below it; of a file, and of what is not
  /// there yet, the directories that lead to it. Nil where the root itself is named.
  init?(_ paths: [String], in commit: ObjectID, _ repository: Repository) throws(GitError) {
    var whole: Set<[UInt8]> = []
    var parents: Set<[UInt8]> = []
    for path in paths {
      let parts = path.split(separator: "/").map { Array($0.utf8) }
      if parts.isEmpty { return nil }
      let isDirectory = try repository.entry(at: path, in: commit)?.mode == .tree
      if isDirectory { whole.insert(Array(parts.joined(separator: [UInt8(ascii: "/")]))) }
      for count in 1..<max(1, parts.count) {
        parents.insert(Array(parts[..<count].joined(separator: [UInt8(ascii: "/")])))
      }
    }
    let all = whole
    self.whole = whole.filter { path in !Self.ancestors(of: path).contains(where: all.contains) }
    self.parents = parents.filter { path in
      !all.contains(path) && !Self.ancestors(of: path).contains(where: all.contains)
    }
  }

  /// Whether the files of a directory on the way are filled.
  func isParent(_ directory: [UInt8]) -> Bool { parents.contains(directory) }

  /// The directories as `info/sparse-checkout` has them.
  var patterns: String {
    var text = "/*\n!/*/\n"
    for path in parents.union(whole).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let name = Self.escaped(path)
      text += "/\(name)/\n"
      if parents.contains(path) { text += "!/\(name)/*/\n" }
    }
    return text
  }

  private static func escaped(_ path: [UInt8]) -> String {
    var result: [UInt8] = []
    for byte in path {
      if "*?[\\".utf8.contains(byte) { result.append(UInt8(ascii: "\\")) }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func ancestors(of path: [UInt8]) -> [[UInt8]] {
    path.indices.filter { path[$0] == UInt8(ascii: "/") }.map { Array(path[..<$0]) }
  }
}
