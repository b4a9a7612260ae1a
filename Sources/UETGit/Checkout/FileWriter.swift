import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes the files of a checkout below one directory. No link is followed, nothing is overwritten.
struct FileWriter {
  private let root: BoundFolder

  init(in path: String) throws(GitError) { root = try BoundFolder(path) }

  init(_ root: BoundFolder) { self.root = root }

  /// Makes the file or link that an entry stands for and returns what the disk says of it.
  func write(_ entry: IndexEntry, _ content: [UInt8]) throws(GitError) -> FileStamp {
    guard let (parent, name) = root.place(of: entry.path, making: true) else {
      throw root.failure(entry.path)
    }
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
    try GitError.onDisk(
      Files.write(content, to: file, path: String(decoding: entry.path, as: UTF8.self)))
    guard fstat(file, &status) == 0 else { throw failure(entry) }
    return FileStamp(status)
  }

  private func failure(_ entry: IndexEntry) -> GitError { root.failure(entry.path) }
}
