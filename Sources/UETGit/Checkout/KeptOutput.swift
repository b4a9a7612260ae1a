import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What stands in the folders of a worktree that stay when its files change: what builds made, with
/// its times. Compiled Python goes when it is looked at, for it names its source by whole seconds.
package struct KeptOutput: Sendable {
  struct Item: Sendable {
    let path: String
    let time: FileTime
  }

  /// Files, folders and links; of several names of one file the first.
  private(set) var items: [Item] = []
  /// What it takes on the disk.
  package private(set) var bytes: Int64 = 0
  /// Of every name, size, inode and time, so that nobody changes anything unseen.
  package private(set) var identity: UInt64 = 0xcbf2_9ce4_8422_2325
  /// Whether a file in it has a name outside of it, or one that cannot be looked at.
  private(set) var leadsOut = false
  private var names: [UInt64: (seen: UInt64, all: UInt64)] = [:]

  package var isEmpty: Bool { items.isEmpty }

  /// `folders` are relative to `root`; what is no folder there counts as nothing.
  package init(in root: String, folders: [String]) {
    for folder in folders.sorted() where Self.isReached(folder, in: root) {
      let path = "\(root)/\(folder)"
      guard let status = Files.status(path), status.st_mode & S_IFMT == S_IFDIR else { continue }
      walk(path, status)
    }
    if names.values.contains(where: { $0.seen != $0.all }) { leadsOut = true }
    names = [:]
  }

  /// Takes away what of the folders is there, and what stands in their place.
  package static func remove(_ folders: [String], in root: String) {
    for folder in folders where isReached(folder, in: root) { Folder.remove("\(root)/\(folder)") }
  }

  /// Whether no link or file stands in the way to it.
  private static func isReached(_ folder: String, in root: String) -> Bool {
    var place = root
    for part in folder.split(separator: "/").dropLast() {
      place += "/" + part
      if Files.kind(place) != .directory { return false }
    }
    return true
  }

  private mutating func walk(_ folder: String, _ status: stat) {
    // The folder's own time last: taking something out of it changes it.
    for name in Files.names(in: folder) {
      let path = "\(folder)/\(name)"
      guard let status = Files.status(path) else {
        leadsOut = true
        continue
      }
      if status.st_mode & S_IFMT == S_IFDIR {
        if name == "__pycache__" { Folder.remove(path) } else { walk(path, status) }
      } else {
        note(path, status)
      }
    }
    note(folder, Files.status(folder) ?? status)
  }

  private mutating func note(_ path: String, _ status: stat) {
    for byte in path.utf8 { mix(UInt64(byte)) }
    mix(UInt64(truncatingIfNeeded: status.st_ino))
    if status.st_mode & S_IFMT != S_IFDIR {
      mix(UInt64(truncatingIfNeeded: status.st_size))
      mix(UInt64(truncatingIfNeeded: status.changed.tv_sec))
      mix(UInt64(truncatingIfNeeded: status.changed.tv_nsec))
      if status.st_nlink > 1 {
        let inode = UInt64(truncatingIfNeeded: status.st_ino)
        let seen = names[inode]?.seen ?? 0
        names[inode] = (seen + 1, UInt64(status.st_nlink))
        if seen > 0 { return }
      }
    }
    bytes += Int64(status.st_blocks) * 512
    items.append(Item(path: path, time: FileTime(status.modified)))
  }

  /// FNV-1a, by words.
  private mutating func mix(_ word: UInt64) {
    identity = (identity ^ word) &* 0x100_0000_01b3
  }
}
