#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Removing directories.
package enum Folder {
  /// Removes what stands at `path` with all below it, taking rights where they are missing; follows
  /// no link. What cannot go stays.
  package static func remove(_ path: String) { remove(bytes: path.utf8) }

  static func remove(bytes path: some Sequence<UInt8>) { remove(cString(path), in: AT_FDCWD) }

  static func remove(_ name: [CChar], in parent: Int32) {
    if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
    if unlinkat(parent, name, AT_REMOVEDIR) == 0 { return }
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    var descriptor = openat(parent, name, flags)
    if descriptor < 0, errno == EACCES {
      fchmodat(parent, name, 0o700, AT_SYMLINK_NOFOLLOW)
      descriptor = openat(parent, name, flags)
    }
    guard descriptor >= 0 else { return }
    empty(descriptor)
    unlinkat(parent, name, AT_REMOVEDIR)
  }

  /// Removes what is in a directory and closes it.
  private static func empty(_ descriptor: Int32) {
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & 0o300 != 0o300 {
      fchmod(descriptor, 0o700)
    }
    guard let directory = fdopendir(descriptor) else {
      close(descriptor)
      return
    }
    defer { closedir(directory) }
    var names: [[CChar]] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(cString(name)) }
    }
    for name in names { remove(name, in: descriptor) }
  }
}
