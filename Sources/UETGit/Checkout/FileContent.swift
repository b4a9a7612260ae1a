import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The content of a file or link, and what the disk said of it when it was read.
struct FileContent {
  let mode: UInt32
  let stamp: FileStamp
  /// Nil for what is too large to be held, or could not be read.
  let content: [UInt8]?

  private static let limit = 32 << 20

  /// Nil where neither a file nor a link stands at the path.
  init?(_ path: [UInt8], in root: BoundFolder) {
    var status = stat()
    guard let (folder, name) = root.place(of: path),
      fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      let mode = IndexEntry.mode(of: status)
    else { return nil }
    self.mode = mode
    if mode == FileMode.symlink.rawValue {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let count = readlinkat(folder, name, &buffer, buffer.count)
      content = count < 0 ? nil : buffer.prefix(count).map { UInt8(bitPattern: $0) }
      stamp = FileStamp(status)
      return
    }
    let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_size <= Self.limit else {
      if descriptor >= 0 { close(descriptor) }
      content = nil
      stamp = .none
      return
    }
    defer { close(descriptor) }
    stamp = FileStamp(status)
    content = Files.read(descriptor, expecting: Int(status.st_size))
  }
}

extension IndexEntry {
  /// Whether a file that is too young to be trusted by its stamp is what is on record all the same.
  func isContent(in root: BoundFolder) -> Bool {
    guard let found = FileContent(path, in: root), found.mode == mode, found.stamp == stamp,
      let content = found.content
    else { return false }
    return Repository.hash(content, .blob) == id
  }
}
