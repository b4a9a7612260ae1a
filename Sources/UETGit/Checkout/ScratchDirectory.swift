import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A directory for one call, below the system's temporary one; removed by its owner's end.
package struct ScratchDirectory: ~Copyable, Sendable {
  package let path: String

  package init() throws(GitError) { path = try Self.made() }

  /// A new one, for its caller to remove.
  static func made() throws(GitError) -> String {
    let base = Files.temporaryFolder
    var template = Array("\(base)/git-uet-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .readOnly(path: base, detail: String(cString: strerror(errno)))
    }
    return template.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  deinit { Folder.remove(path) }

  /// Writes a new file and the directories above it; `name` is relative.
  func write(
    _ content: [UInt8], to name: String, mode: mode_t = 0o644
  ) throws(GitError) {
    let entry = IndexEntry(
      path: Array(name.utf8), mode: (mode & 0o100 != 0 ? FileMode.executable : .file).rawValue,
      id: .zero)
    _ = try FileWriter(in: path).write(entry, content)
  }
}
