import Foundation

/// Which file a path names, and whether it has changed since it was last looked at.
struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64

  /// nil where there is no file.
  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    device = UInt64(facts.st_dev)
    inode = UInt64(facts.st_ino)
  }
}
