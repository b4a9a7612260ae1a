/// A repository's folders with how many files they hold, in a bounded number of lines.
struct FolderMap {
  private struct Folder {
    var files = 0
    var endings: [Substring: Int] = [:]
    var folders: Set<String> = []
  }

  private var folders: [String: Folder] = [:]

  /// `paths` are files from the root.
  init(_ paths: [String]) {
    for path in paths {
      let parts = path.split(separator: "/")
      let name = parts.last ?? ""
      let ending = name.lastIndex(of: ".").map { name[$0...] } ?? "others"
      var folder = ""
      add(ending, to: folder)
      for part in parts.dropLast() {
        let inner = folder.isEmpty ? String(part) : "\(folder)/\(part)"
        folders[folder]?.folders.insert(inner)
        folder = inner
        add(ending, to: folder)
      }
    }
  }

  private mutating func add(_ ending: Substring, to folder: String) {
    folders[folder, default: Folder()].files += 1
    folders[folder]?.endings[ending, default: 0] += 1
  }

  /// The largest folders are opened first; what is not opened stands for all below it.
  func lines(most: Int) -> [String] {
    guard let root = folders[""] else { return ["(no files)"] }
    var shown: Set<String> = []
    var closed: Set<String> = [""]
    while let next = largest(of: closed), shown.count + (folders[next]?.folders.count ?? 0) <= most
    {
      closed.remove(next)
      let inner = folders[next]?.folders ?? []
      shown.formUnion(inner)
      closed.formUnion(inner.filter { folders[$0]?.folders.isEmpty == false })
    }
    let lines = shown.sorted().map { path in
      let depth = path.count { $0 == "/" }
      return String(repeating: "  ", count: depth) + line(path)
    }
    return ["./: \(words(root))"] + lines
  }

  private func largest(of closed: Set<String>) -> String? {
    closed.max { one, other in
      let (left, right) = (folders[one]?.files ?? 0, folders[other]?.files ?? 0)
      return left == right ? one > other : left < right
    }
  }

  private func line(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    return "\(name)/: \(folders[path].map(words) ?? "")"
  }

  private func words(_ folder: Folder) -> String {
    let top = folder.endings.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
      .map { "\($0.value) \($0.key)" }
    return "\(folder.files) file\(folder.files == 1 ? "" : "s") (\(top.joined(separator: ", ")))"
  }
}
