import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a folder takes on the disk.
package struct FolderSize: Hashable, Sendable {
  /// Blocks in use, in bytes; a file of several links counts once.
  package private(set) var bytes: Int64 = 0
  package private(set) var files = 0

  package init() {}

  /// Measures all below `path` without following links; what cannot be read counts nothing.
  package init(of path: String) {
    var seen: Set<UInt64> = []
    add(path, &seen)
  }

  private mutating func add(_ path: String, _ seen: inout Set<UInt64>) {
    guard let information = Files.status(path) else { return }
    let isFolder = information.st_mode & S_IFMT == S_IFDIR
    if !isFolder {
      files += 1
      if information.st_nlink > 1, !seen.insert(UInt64(information.st_ino)).inserted { return }
    }
    bytes += Int64(information.st_blocks) * 512
    if isFolder { for name in Files.names(in: path) { add("\(path)/\(name)", &seen) } }
  }

  package static func + (left: FolderSize, right: FolderSize) -> FolderSize {
    var sum = left
    sum.bytes += right.bytes
    sum.files += right.files
    return sum
  }
}
