import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The tracked files of a checkout as they were at one moment, by what the disk says of them.
package struct CheckoutWatch: Sendable {
  package let root: String
  private var entries: [IndexEntry]
  private var folders: [[UInt8]: FileStamp] = [:]
  /// When this was taken.
  private var time: timespec
  private let index: String
  /// What the index holds, and what the disk says of its file.
  private var recorded: [IndexEntry]
  private var indexStamp: FileStamp?

  /// nil where there is no index that can be read.
  ///
  /// `trustingIndex`: what the index says of files is what they were; otherwise they are looked at.
  /// `files` and what is new in `folders` counts whether tracked or not.
  package init?(
    _ root: String, index: String, trustingIndex: Bool, files: [String] = [],
    folders: [String] = []
  ) {
    indexStamp = FileStamp(at: index)
    guard let bytes = Files.content(of: index), let entries = IndexFile.entries(bytes) else {
      return nil
    }
    self.root = root
    self.index = index
    recorded = entries
    self.entries = entries.filter { !$0.isSkipped && !$0.isDirectory && $0.mode != 0o160000 }
    for path in files.map({ Array($0.utf8) })
    where !self.entries.contains(where: { $0.path == path }) {
      self.entries.append(IndexEntry(path: path, mode: FileMode.file.rawValue, id: .zero))
    }
    time = Self.now()
    if trustingIndex { return }
    let found = look(at: self.entries.map(\.path))
    for (place, state) in found.enumerated() { self.entries[place].stamp = state }
    noteFolders(folders)
  }

  /// The paths that differ from the last call: tracked ones, and files that are new in folders of
  /// such ones, whether ignored or not.
  package mutating func changes() -> (tracked: [String], new: [String]) {
    let start = Self.now()
    var tracked: [String] = []
    for (place, state) in look(at: entries.map(\.path)).enumerated()
    where state != entries[place].stamp {
      entries[place].stamp = state
      tracked.append(String(decoding: entries[place].path, as: UTF8.self))
    }
    let new = newFiles()
    time = start
    return (tracked, new)
  }

  /// The paths that the index holds otherwise than at the last call; what git only notes of files
  /// does not count.
  package mutating func staged() -> [String] {
    let stamp = FileStamp(at: index)
    guard stamp != indexStamp else { return [] }
    // Git puts a new one in the place of the old one, so that there always is one.
    let isGone = stamp == nil && Files.kind(index) == nil
    guard let entries = isGone ? [] : Files.content(of: index).flatMap(IndexFile.entries) else {
      return []
    }
    let before = recorded
    (indexStamp, recorded) = (stamp, entries)
    // A folder that is one entry may have become many.
    let isSparse = (before + entries).contains(where: \.isDirectory)
    var known = Dictionary(before.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var paths: [[UInt8]] = []
    for entry in entries {
      if let old = known.removeValue(forKey: entry.path) {
        if old.id != entry.id || old.mode != entry.mode { paths.append(entry.path) }
      } else if !isSparse {
        paths.append(entry.path)
      }
    }
    if !isSparse { paths += known.keys }
    return paths.map { String(decoding: $0, as: UTF8.self) }.sorted()
  }

  private func look(at paths: [[UInt8]]) -> [FileStamp] {
    let head = Array(root.utf8) + [UInt8(ascii: "/")]
    var buffer = head
    return paths.map { path in
      buffer.removeSubrange(head.count...)
      buffer += path
      buffer.append(0)
      var status = stat()
      let isThere = buffer.withUnsafeBufferPointer { pointer in
        pointer.withMemoryRebound(to: CChar.self) { path in
          path.baseAddress.map { lstat($0, &status) == 0 } ?? false
        }
      }
      return isThere ? FileStamp(status) : .none
    }
  }

  private mutating func noteFolders(_ more: [String]) {
    var names = Set([[]] + more.map { Array($0.utf8) })
    for entry in entries {
      var end = entry.path.endIndex
      while let slash = entry.path[..<end].lastIndex(of: UInt8(ascii: "/")) {
        if !names.insert(Array(entry.path[..<slash])).inserted { break }
        end = slash
      }
    }
    let list = Array(names)
    for (name, state) in zip(list, look(at: list)) { folders[name] = state }
  }

  /// In folders whose list of names has changed: what is not tracked, and was made or changed
  /// since.
  private mutating func newFiles() -> [String] {
    let names = Array(folders.keys)
    var found: [String] = []
    var known: Set<[UInt8]>?
    for (name, state) in zip(names, look(at: names)) where state != folders[name] {
      folders[name] = state
      let tracked = known ?? Set(entries.map(\.path)).union(folders.keys)
      known = tracked
      let prefix = name.isEmpty ? "" : String(decoding: name, as: UTF8.self) + "/"
      for file in Files.names(in: "\(root)/\(prefix)") where prefix + file != ".git" {
        if tracked.contains(Array((prefix + file).utf8)) { continue }
        var status = stat()
        guard lstat("\(root)/\(prefix)\(file)", &status) == 0 else { continue }
        let changed = status.changed
        if (changed.tv_sec, changed.tv_nsec) >= (time.tv_sec, time.tv_nsec) {
          found.append(prefix + file)
        }
      }
    }
    return found.sorted()
  }

  /// The clock that file systems take their times from.
  private static func now() -> timespec {
    var time = timespec()
    #if canImport(Darwin)
      clock_gettime(CLOCK_REALTIME, &time)
    #else
      clock_gettime(CLOCK_REALTIME_COARSE, &time)
    #endif
    return time
  }
}
