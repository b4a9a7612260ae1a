#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is in a directory.
struct FolderListing {
  private(set) var children: [(name: [UInt8], status: stat)] = []

  init(_ path: [UInt8]) {
    guard let directory = opendir(cString(path)) else { return }
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
