import UETGit
import UETModel
import UETSystem

/// Says of the paths that a traced run named what they are of the tree that it ran on: links are
/// followed as the tree has them, and as the run made them. On Linux runs are traced, by strace;
/// elsewhere none is.
final class TracedPaths {
  typealias Path = TreeReads.Path

  /// Where a gate ran.
  struct Checkout {
    /// Its path as the gate sees it, and as others do.
    var seen: String
    var path: String
  }

  private let checkout: Checkout
  private let root: [Path]
  private let view: TreeView
  private let repository: Repository
  private(set) var reads = TreeReads()
  /// What was named and the tree does not have: the first name on the way that is missing.
  private(set) var missing: Set<Path> = []
  private(set) var problem: String?
  private var links: [Path: Set<Path>] = [:]
  private var elsewhere: [Path: Path?] = [:]
  private var steps = 0

  init(_ checkout: Checkout, _ view: TreeView, _ repository: Repository) {
    (self.checkout, self.view, self.repository) = (checkout, view, repository)
    root = TreeReads.parts(Array(checkout.seen.utf8))
  }

  func note(_ run: TracedRun) throws(GitError) {
    try noteLinks(run)
    for path in run.named { try note(path) }
    for path in run.listed { try note(path, isListing: true) }
    for program in run.executed { try noteInterpreter(program, depth: 0) }
  }

  /// What was read before, and is still in what was built of it.
  func note(former: TreeReads) throws(GitError) { try reads.note(all: former, in: view) }

  /// What decides how a file is checked out, and which programs the system may load without a word.
  func noteCompanions() throws(GitError) {
    var folders: Set<[Path]> = []
    for case (let path, .object(let mode, _)) in reads.states {
      var names = TreeReads.parts(path)
      if mode == .submodule { try reads.note([Array(".gitmodules".utf8)], in: view) }
      while !names.isEmpty {
        names.removeLast()
        if !folders.insert(names).inserted { break }
      }
    }
    for folder in folders { try reads.note(folder + [Array(".gitattributes".utf8)], in: view) }
    try notePrograms([])
  }

  /// Programs that need no interpreter may be the interpreter of a script.
  private func notePrograms(_ folder: [Path]) throws(GitError) {
    for (name, mode) in try view.names(folder) ?? [] {
      let path = folder + [name]
      if mode == .tree { try notePrograms(path) }
      guard mode == .executable, case .entry(let entry) = try view.find(path),
        try repository.blob(entry.id).starts(with: [0x7F, 0x45, 0x4C, 0x46])
      else { continue }
      try reads.note(path, in: view)
    }
  }
}

extension TracedPaths {
  private func note(_ path: Path, isListing: Bool = false) throws(GitError) {
    _ = try walk([], TreeReads.parts(path).reversed(), isListing, 0)
    guard !path.starts(with: checkout.seen.utf8), let inside = inside(path) else { return }
    _ = try walk([], TreeReads.parts(inside).reversed(), isListing, 0)
  }

  /// A path into the checkout that this one, which does not begin like it, leads to by links of the
  /// system's; nil where it does not.
  private func inside(_ path: Path) -> Path? {
    if ["/proc/", "/sys/", "/dev/"].contains(where: { path.starts(with: $0.utf8) }) { return nil }
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    let folder = Array(path[..<slash])
    let known: Path?
    if let found = elsewhere[folder] {
      known = found
    } else {
      known = real(folder)
      elsewhere[folder] = .some(known)
    }
    return known.map { $0 + path[slash...] }
  }

  private func real(_ folder: Path) -> Path? {
    var names = TreeReads.parts(folder)
    var rest: [Path] = []
    while !names.isEmpty {
      let text = "/" + String(decoding: Array(names.joined(separator: [0x2F])), as: UTF8.self)
      if let real = Files.real(text) {
        for start in [checkout.path, checkout.seen]
        where real == start || real.hasPrefix(start + "/") {
          return Array((checkout.seen + real.dropFirst(start.count)).utf8)
            + rest.flatMap { [0x2F] + $0 }
        }
        return nil
      }
      rest.insert(names.removeLast(), at: 0)
    }
    return nil
  }

  /// Goes down a path name by name; gives where it leads to, along every link.
  private func walk(
    _ start: [Path], _ names: [Path], _ isListing: Bool, _ depth: Int
  ) throws(GitError) -> [[Path]] {
    steps += 1
    if depth > 40 || steps > 5_000_000 {
      problem = problem ?? "its links lead too far"
      return []
    }
    var (here, rest, ends) = (start, names, [[Path]]())
    while let name = rest.popLast() {
      if name == Self.above {
        _ = here.popLast()
        continue
      }
      here.append(name)
      if !links.isEmpty {
        for target in links[Self.joined(here)] ?? [] {
          ends += try follow(target, from: here, rest, isListing, depth)
        }
      }
      guard here.count > root.count, here.starts(with: root) else { continue }
      let inside = Array(here.dropFirst(root.count))
      if inside[0] == Self.git { return ends }
      switch try view.find(inside) {
      case .entry(let entry) where entry.mode == .tree:
        if rest.isEmpty { try reads.note(inside, in: view) }
      case .entry(let entry) where entry.mode == .symlink:
        try reads.note(inside, in: view)
        let target = try repository.blob(entry.id)
        ends += try follow(target, from: here, rest, isListing, depth)
        // The link itself, too, where it is the last.
        return rest.isEmpty ? ends + [here] : ends
      case .entry:
        try reads.note(inside, in: view)
        return rest.isEmpty ? ends + [here] : ends
      case .absent(let after):
        try reads.note(inside, in: view)
        missing.insert(Self.joined(Array(inside[...after]), isRooted: false))
      case .blocked:
        try reads.note(inside, in: view)
        return ends
      }
    }
    if isListing, here.starts(with: root) {
      try reads.note(listing: Array(here.dropFirst(root.count)), in: view)
    }
    return ends + [here]
  }

  private func follow(
    _ target: Path, from link: [Path], _ rest: [Path], _ isListing: Bool, _ depth: Int
  ) throws(GitError) -> [[Path]] {
    let start = target.first == UInt8(ascii: "/") ? [] : Array(link.dropLast())
    let names = TreeReads.parts(target).filter { $0 != [UInt8(ascii: ".")] }
    return try walk(start, rest + names.reversed(), isListing, depth + 1)
  }

  private static let above = Array("..".utf8)
  private static let git = Array(".git".utf8)

  private static func joined(_ names: [Path], isRooted: Bool = true) -> Path {
    (isRooted ? [0x2F] : []) + Array(names.joined(separator: [0x2F]))
  }
}

extension TracedPaths {
  /// Learns of the links that the run made, wherever they were moved to.
  private func noteLinks(_ run: TracedRun) throws(GitError) {
    for move in run.moves {
      for path in move { try refuseMoved(path) }
    }
    for (path, targets) in run.links { try add(targets, at: path) }
    for _ in 0..<20 {
      let known = links
      for move in run.moves where move.count == 2 {
        let (from, to) = (try places(move[0]), try places(move[1]))
        for (path, targets) in known {
          for old in from where path == old || path.starts(with: old + [0x2F]) {
            for new in to { links[new + path.dropFirst(old.count), default: []].formUnion(targets) }
          }
        }
        if links.count > 100_000 { break }
      }
      if links == known { return }
    }
    problem = problem ?? "it moves links to and fro"
  }

  private func add(_ targets: Set<Path>, at path: Path) throws(GitError) {
    for place in try places(path) { links[place, default: []].formUnion(targets) }
  }

  /// Where a new entry stands: the folder above is followed, it itself is not.
  private func places(_ path: Path) throws(GitError) -> [Path] {
    var names = TreeReads.parts(path)
    guard let last = names.popLast() else { return [] }
    return try walk([], names.reversed(), false, 0).map { Self.joined($0 + [last]) }
  }

  /// What is below a folder of the tree has other names once that is moved.
  private func refuseMoved(_ path: Path) throws(GitError) {
    for place in try places(path) {
      let names = TreeReads.parts(place)
      if root.starts(with: names) { problem = problem ?? "it moved the checkout" }
      guard names.count > root.count, names.starts(with: root),
        case .entry(let entry) = try view.find(names.dropFirst(root.count)),
        entry.mode != .file, entry.mode != .executable
      else { continue }
      problem =
        problem
        ?? "it moved \(TracedRun.shown(names.dropFirst(root.count).joined(separator: [0x2F])))"
    }
  }
}

extension TracedPaths {
  /// A script's first line names a program, which the system reads without a call of anyone's.
  private func noteInterpreter(
    _ program: TracedRun.Execution, depth: Int
  ) throws(GitError) {
    if depth > 5 { return }
    for place in try walk([], TreeReads.parts(program.path).reversed(), false, 0) {
      guard let name = Self.interpreter(try beginning(of: place)) else { continue }
      let path = TracedRun.joined(name.first == 0x2F ? [] : program.folder, name)
      try note(path)
      try noteInterpreter(.init(path: path, folder: program.folder), depth: depth + 1)
    }
  }

  private func beginning(of place: [Path]) throws(GitError) -> Path {
    var path = Self.joined(place)
    if place.count > root.count, place.starts(with: root) {
      let inside = place.dropFirst(root.count)
      if case .entry(let entry) = try view.find(inside) {
        return entry.mode == .executable || entry.mode == .file
          ? Array(try repository.blob(entry.id).prefix(256)) : []
      }
      path = Array(checkout.path.utf8) + Self.joined(Array(inside))
    }
    return Files.read(String(decoding: path, as: UTF8.self), from: 0, limit: 256)
  }

  private static func interpreter(_ text: Path) -> Path? {
    guard text.starts(with: "#!".utf8) else { return nil }
    let name = text.dropFirst(2).drop { $0 == 0x20 || $0 == 0x09 }
      .prefix { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0 }
    return name.isEmpty ? nil : Array(name)
  }
}
