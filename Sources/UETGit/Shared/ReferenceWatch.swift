import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The references of a repository as they were at one moment, but for those that the engine moves.
///
/// Loose ones by what the disk says of their files, packed ones by what it says of the one file;
/// only where that differs is anything read.
struct ReferenceWatch {
  private let root: String
  /// Names, or beginnings of names, of what is not looked at.
  private let excluded: [String]
  private var folders: [String: Folder] = [:]
  private var packedState: FileStamp?
  private var packed: [UInt8] = []

  private struct Folder {
    var state: FileStamp
    var folders: [String]
    var files: [String: File]
    /// Clocks of file systems are coarse: it may have moved once more in the same moment.
    var hasJustMoved = false
  }

  private struct File {
    var state: FileStamp
    var value: String
  }

  init(_ commonDirectory: String, excluding excluded: [String]) {
    root = commonDirectory
    self.excluded = excluded
    var (before, after): ([String: String], [String: String]) = ([:], [:])
    walk("refs", &before, &after)
    packedState = Self.state("\(root)/packed-refs")
    packed = Files.content(of: "\(root)/packed-refs") ?? []
  }

  /// The names that point elsewhere than at the last call, with what they pointed to.
  ///
  /// Git renames what it has written, which its folder shows. `all`: looks at each file as well, so
  /// that one is found that was written in its place.
  mutating func changes(all: Bool = true) -> [(name: String, old: String?, new: String?)] {
    var before: [String: String] = [:]
    var after: [String: String] = [:]
    let oldPacked = packed
    walk("refs", &before, &after, all: all)
    let state = Self.state("\(root)/packed-refs")
    let isRepacked = state != packedState
    if isRepacked {
      packedState = state
      packed = Files.content(of: "\(root)/packed-refs") ?? []
    }
    let touched = Set(before.keys).union(after.keys)
    guard isRepacked || before != after else { return [] }
    let (was, now) = (Self.values(oldPacked), isRepacked ? Self.values(packed) : nil)
    var names = touched
    if let now { names.formUnion(Set(was.keys).union(now.keys).filter { was[$0] != now[$0] }) }
    return names.sorted().compactMap { name in
      // One that is not touched has no loose file, or the same one as before.
      let loose = touched.contains(name) ? nil : self.loose(name)
      let old = before[name] ?? loose ?? was[name]
      let new = after[name] ?? loose ?? (now ?? was)[name]
      return old == new || isExcluded(name) ? nil : (name, old, new)
    }
  }

  private func loose(_ name: String) -> String? {
    guard let slash = name.lastIndex(of: "/") else { return nil }
    return folders[String(name[..<slash])]?.files[String(name[name.index(after: slash)...])]?.value
  }

  private func isExcluded(_ name: String) -> Bool {
    excluded.contains { name == $0 || name.hasPrefix($0 + "/") }
  }

  /// Collects what the files below a folder that differ held and hold.
  private mutating func walk(
    _ name: String, _ before: inout [String: String], _ after: inout [String: String],
    all: Bool = true
  ) {
    if isExcluded(name) { return }
    guard let state = Self.state("\(root)/\(name)") else { return drop(name, &before) }
    var folder = folders[name] ?? Folder(state: .none, folders: [], files: [:])
    let hasMoved = folder.state != state
    if hasMoved {
      list(name, &folder, &before)
      folder.state = state
    }
    let looks = all || hasMoved || folder.hasJustMoved
    folder.hasJustMoved = hasMoved
    for (file, old) in looks ? folder.files : [:] {
      let path = "\(root)/\(name)/\(file)"
      let new = Self.state(path)
      if let new, new == old.state { continue }
      if old.state != .none { before["\(name)/\(file)"] = old.value }
      guard let new, let value = Files.line(path) else {
        folder.files[file] = nil
        continue
      }
      folder.files[file] = File(state: new, value: value)
      after["\(name)/\(file)"] = value
    }
    folders[name] = folder
    for inner in folder.folders { walk("\(name)/\(inner)", &before, &after, all: all) }
  }

  private mutating func list(
    _ name: String, _ folder: inout Folder, _ before: inout [String: String]
  ) {
    var files: [String: File] = [:]
    var inner: [String] = []
    for entry in Files.names(in: "\(root)/\(name)") where !entry.hasSuffix(".lock") {
      if Files.isDirectory("\(root)/\(name)/\(entry)") {
        inner.append(entry)
      } else {
        files[entry] = folder.files[entry] ?? File(state: .none, value: "")
      }
    }
    for (file, old) in folder.files where files[file] == nil {
      before["\(name)/\(file)"] = old.value
    }
    for gone in folder.folders where !inner.contains(gone) { drop("\(name)/\(gone)", &before) }
    (folder.files, folder.folders) = (files, inner)
  }

  private mutating func drop(_ name: String, _ before: inout [String: String]) {
    guard let folder = folders.removeValue(forKey: name) else { return }
    for (file, old) in folder.files { before["\(name)/\(file)"] = old.value }
    for inner in folder.folders { drop("\(name)/\(inner)", &before) }
  }

  private static func state(_ path: String) -> FileStamp? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileStamp(status) : nil
  }

  /// `packed-refs` by name; peeled values and comments are left out.
  private static func values(_ packed: [UInt8]) -> [String: String] {
    var values: [String: String] = [:]
    for line in packed.split(separator: UInt8(ascii: "\n")) {
      guard line.count > 42, line[line.startIndex + 40] == UInt8(ascii: " ") else { continue }
      let name = String(decoding: line[(line.startIndex + 41)...], as: UTF8.self)
      values[name] = String(decoding: line.prefix(40), as: UTF8.self)
    }
    return values
  }
}
