import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the disk says of a file, as an index keeps it: each number cut to 32 bits.
struct FileStamp: Hashable, Sendable {
  /// Times, device, inode, user, group and size in the order of an index entry; without the mode.
  private var words = SIMD16<UInt32>()

  static let count = 9
  static let none = FileStamp()

  subscript(position: Int) -> UInt32 {
    get { words[position] }
    set { words[position] = newValue }
  }

  init() {}

  init(_ status: stat) {
    words[0] = UInt32(truncatingIfNeeded: status.changed.tv_sec)
    words[1] = UInt32(truncatingIfNeeded: status.changed.tv_nsec)
    words[2] = UInt32(truncatingIfNeeded: status.modified.tv_sec)
    words[3] = UInt32(truncatingIfNeeded: status.modified.tv_nsec)
    words[4] = UInt32(truncatingIfNeeded: status.st_dev)
    words[5] = UInt32(truncatingIfNeeded: status.st_ino)
    words[6] = UInt32(truncatingIfNeeded: status.st_uid)
    words[7] = UInt32(truncatingIfNeeded: status.st_gid)
    words[8] = UInt32(truncatingIfNeeded: status.st_size)
  }

  /// When the content was last written.
  var modified: FileTime {
    FileTime(seconds: Int64(Int32(bitPattern: words[2])), nanoseconds: Int64(words[3]))
  }
}

/// One line of an index.
struct IndexEntry: Hashable, Sendable {
  /// Ends in `/` for a directory that a sparse index holds as one entry.
  var path: [UInt8]
  /// As in a tree; a directory's is that of a tree.
  var mode: UInt32
  var id: ObjectID
  var stamp = FileStamp.none
  /// Not on the disk by intent.
  var isSkipped = false

  var isDirectory: Bool { mode == FileMode.tree.rawValue }

  /// The entry's mode for what stands on the disk; nil for what git does not track.
  static func mode(of status: stat) -> UInt32? {
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      (status.st_mode & S_IXUSR == 0 ? FileMode.file : FileMode.executable).rawValue
    case S_IFLNK: FileMode.symlink.rawValue
    default: nil
    }
  }
}
