import UETModel

/// What was read of a tree: what stood at each path that was named, which were looked for and not
/// there, and which names were in each folder that was listed.
///
/// It holds for every tree in which all of that is the same, so whoever reads nothing else finds
/// the same there.
package struct TreeReads: Hashable, Sendable {
  package typealias Path = TreeView.Path

  package enum State: Hashable, Sendable {
    /// The folder above is there, and this is not.
    case absent
    /// A folder, whatever is in it.
    case folder
    case object(FileMode, ObjectID)
  }

  /// By path, without links on the way to it.
  package private(set) var states: [Path: State] = [:]
  /// An id of the names in each folder; see `TreeView.listing`.
  package private(set) var listings: [Path: ObjectID] = [:]

  package init() {}

  package var count: Int { states.count + listings.count }

  /// Adds what stands at a path.
  package mutating func note(_ names: [Path], in view: TreeView) throws(GitError) {
    if names.isEmpty { return }
    switch try view.find(names) {
    case .entry(let entry):
      states[Self.joined(names[...])] =
        entry.mode == .tree ? .folder : .object(entry.mode, entry.id)
    case .absent(let depth): states[Self.joined(names[...depth])] = .absent
    case .blocked(let depth, let entry):
      states[Self.joined(names[..<depth])] = .object(entry.mode, entry.id)
    }
  }

  /// Adds the names in a folder.
  package mutating func note(listing names: [Path], in view: TreeView) throws(GitError) {
    guard let id = try view.listing(names) else { return try note(names, in: view) }
    listings[Self.joined(names[...])] = id
  }

  /// Adds all that another says, as it stands in this view.
  package mutating func note(all other: TreeReads, in view: TreeView) throws(GitError) {
    for path in other.states.keys { try note(Self.parts(path), in: view) }
    for path in other.listings.keys { try note(listing: Self.parts(path), in: view) }
  }

  /// Whether all of it is the same in another tree.
  package func holds(in view: TreeView) throws(GitError) -> Bool {
    for (path, state) in states {
      let names = Self.parts(path)
      switch (try view.find(names), state) {
      case (.absent(let depth), .absent): if depth != names.count - 1 { return false }
      case (.entry(let entry), .folder): if entry.mode != .tree { return false }
      case (.entry(let entry), .object(let mode, let id)):
        if entry.mode != mode || entry.id != id { return false }
      default: return false
      }
    }
    for (path, id) in listings where try view.listing(Self.parts(path)) != id { return false }
    return true
  }

  /// Whether a change of the path may make it another.
  package func isAbout(_ path: Path) -> Bool {
    var names = Self.parts(path)
    if states[path] != nil { return true }
    while !names.isEmpty {
      names.removeLast()
      let folder = Self.joined(names[...])
      if listings[folder] != nil || states[folder] == .absent { return true }
    }
    return false
  }

  package static func parts(_ path: Path) -> [Path] {
    path.split(separator: UInt8(ascii: "/")).map(Array.init)
  }

  private static func joined(_ names: ArraySlice<Path>) -> Path {
    Array(names.joined(separator: [UInt8(ascii: "/")]))
  }
}

/// As it is kept: a line for each path, ended by a zero byte.
extension TreeReads {
  private static let head = Array("uet reads 1\n".utf8)

  package var bytes: [UInt8] {
    var bytes = Self.head
    func add(_ what: String, _ path: Path) {
      bytes += what.utf8
      bytes.append(0x20)
      bytes += path
      bytes.append(0)
    }
    for (path, state) in states.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      switch state {
      case .absent: add("absent", path)
      case .folder: add("folder", path)
      case .object(let mode, let id): add("\(mode.octal) \(id.hex)", path)
      }
    }
    for (path, id) in listings.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      add("listed \(id.hex)", path)
    }
    return bytes
  }

  /// nil for what is nothing of the kind.
  package init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.head) else { return nil }
    var rest = bytes[Self.head.count...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: 0) else { return nil }
      guard take(rest[..<end]) else { return nil }
      rest = rest[(end + 1)...]
    }
  }

  private mutating func take(_ line: ArraySlice<UInt8>) -> Bool {
    guard let space = line.firstIndex(of: 0x20) else { return false }
    let word = String(decoding: line[..<space], as: UTF8.self)
    var path = line[(space + 1)...]
    switch word {
    case "absent": states[Array(path)] = .absent
    case "folder": states[Array(path)] = .folder
    default:
      guard path.count > 40, path[path.startIndex + 40] == 0x20,
        let id = ObjectID(String(decoding: path.prefix(40), as: UTF8.self))
      else { return false }
      path = path.dropFirst(41)
      if word == "listed" {
        listings[Array(path)] = id
        return true
      }
      guard let raw = UInt32(word, radix: 8), let mode = FileMode(rawValue: raw) else {
        return false
      }
      states[Array(path)] = .object(mode, id)
    }
    return true
  }
}
