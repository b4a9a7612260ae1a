#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is in a directory.
struct FolderListing {
  private(set) var children: [(name: [UInt8], status: stat)] = []

  /// Of the directory at `path` itself; nothing where a link or nothing stands there.
  init(_ path: [UInt8]) {
    self.init(open(cString(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW))
  }

  /// Closes the descriptor; nothing is listed where it is none.
  init(_ descriptor: Int32) {
    guard descriptor >= 0 else { return }
    guard let directory = fdopendir(descriptor) else {
      close(descriptor)
      return
    }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      var status = stat()
      if fstatat(dirfd(directory), cString(name), &status, AT_SYMLINK_NOFOLLOW) == 0 {
        children.append((name, status))
      }
    }
  }
}
