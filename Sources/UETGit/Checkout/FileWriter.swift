import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes the files of a checkout below one directory. No link is followed, nothing is overwritten.
struct FileWriter: ~Copyable {
  private let root: Int32
  private let path: String
  /// The directory of the last file: files of one directory follow each other.
  private var parent: Int32
  private var parentPath: ArraySlice<UInt8> = []

  init(in path: String) throws(GitError) {
    root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard root >= 0 else { throw FilePaths.failure(path) }
    self.path = path
    parent = root
  }

  deinit {
    if parent != root { close(parent) }
    close(root)
  }

  /// Makes the file or link that an entry stands for and returns what the disk says of it.
  mutating func write(_ entry: IndexEntry, _ content: [UInt8]) throws(GitError) -> FileStamp {
    let slash = entry.path.lastIndex(of: UInt8(ascii: "/"))
    try enter(slash.map { entry.path[..<$0] } ?? [])
    let name = cString(slash.map { entry.path[($0 + 1)...] } ?? entry.path[...])
    var status = stat()
    if entry.mode == FileMode.symlink.rawValue {
      guard !content.contains(0), symlinkat(cString(content), parent, name) == 0,
        fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      else { throw failure(entry) }
      return FileStamp(status)
    }
    let mode: mode_t = entry.mode == FileMode.executable.rawValue ? 0o777 : 0o666
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = openat(parent, name, flags, mode)
    guard file >= 0 else { throw failure(entry) }
    defer { close(file) }
    try FilePaths.write(content, to: file, path: path)
    guard fstat(file, &status) == 0 else { throw failure(entry) }
    return FileStamp(status)
  }

  private func failure(_ entry: IndexEntry) -> GitError {
    FilePaths.failure(path + "/" + String(decoding: entry.path, as: UTF8.self))
  }

  /// Makes `directory`, below the root, the one that files are written to.
  private mutating func enter(_ directory: ArraySlice<UInt8>) throws(GitError) {
    if directory == parentPath { return }
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    var place = root
    for part in directory.split(separator: UInt8(ascii: "/")) {
      let name = cString(part)
      var next = openat(place, name, flags)
      if next < 0, errno == ENOENT, mkdirat(place, name, 0o777) == 0 {
        next = openat(place, name, flags)
      }
      let problem = FilePaths.failure(path + "/" + String(decoding: directory, as: UTF8.self))
      if place != root { close(place) }
      guard next >= 0 else { throw problem }
      place = next
    }
    if parent != root { close(parent) }
    (parent, parentPath) = (place, directory)
  }
}
