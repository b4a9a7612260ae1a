/// What the processes of one traced run named, looked for and listed, as absolute paths of bytes.
/// On Linux runs are traced, by strace; elsewhere none is.
struct TracedRun {
  typealias Path = [UInt8]

  /// Every path that a call named, whatever came of it, without `.` and empty parts; `..` stays,
  /// for what it leads to hangs on links.
  private(set) var named: Set<Path> = []
  /// Folders whose entries were read.
  private(set) var listed: Set<Path> = []
  /// Programs that were run, with where the process stood.
  private(set) var executed: Set<Execution> = []
  /// Links that were made on the way, and what they point to.
  private(set) var links: [Path: Set<Path>] = [:]
  /// What was moved on the way, or got another name.
  private(set) var moves: Set<[Path]> = []
  /// What was opened to be read, as it was named and as it was resolved.
  private(set) var read: Set<Path> = []
  /// Why it cannot be said what it read.
  private(set) var unknown: String?
  /// It asked somebody over the network.
  private(set) var usesNetwork = false
  /// The first process began, and ended by itself.
  private(set) var isWhole = false

  private var bound: Set<Path> = []
  private var asked: Set<Path> = []

  struct Execution: Hashable {
    let path: Path
    let folder: Path
  }

  /// `folder` is where the first process stood.
  init(_ log: [UInt8], in folder: Path) {
    var reader = TraceReader(folder)
    var rest = log[...]
    while let end = rest.firstIndex(of: 0x0A) {
      reader.line(rest[..<end], &self)
      rest = rest[(end + 1)...]
    }
    reader.end(&self)
    isWhole = reader.hasBegun && reader.hasEnded
    for path in asked.subtracting(bound).sorted(by: { $0.lexicographicallyPrecedes($1) }).prefix(1)
    {
      note(unknown: "it asked another program, at \(Self.shown(path))")
    }
  }

  mutating func note(unknown reason: String) { unknown = unknown ?? reason }

  static func shown(_ path: some Sequence<UInt8>) -> String {
    "'\(String(decoding: Array(path.prefix(120)), as: UTF8.self).terminalSafe)'"
  }

  /// Takes in one whole call of a process that stands in `place`.
  mutating func note(_ call: TracedCall, _ place: TraceReader.Place) {
    switch call.name {
    case "exit_group": return
    case "clone", "clone3", "fork", "vfork":
      if call.says("CLONE_NEW") { note(unknown: "it made a name space of its own") }
    case "fchdir":
      guard call.succeeded else { return }
      place.folder = call.folder(0)
    case "getdents", "getdents64":
      guard call.succeeded || call.result == nil else { return }
      guard let folder = call.folder(0) else { return note(unknown: "it listed a lost folder") }
      listed.insert(folder)
    case "connect": noteConnection(call)
    case "bind": if let path = Self.socket(call) { bound.insert(path) }
    case "sendto", "sendmsg", "sendmmsg":
      if call.says("sa_family=AF_INET") { usesNetwork = true }
    default: notePaths(call, place)
    }
  }

  private mutating func noteConnection(_ call: TracedCall) {
    if call.says("AF_UNIX") {
      guard call.succeeded || call.result == nil || call.says("EINPROGRESS") else { return }
      if let path = Self.socket(call) {
        asked.insert(path)
      } else {
        note(unknown: "it asked another program")
      }
    } else if !call.says("AF_NETLINK"), !call.says("AF_UNSPEC") {
      usesNetwork = true
    }
  }

  /// The name of a socket between programs.
  private static func socket(_ call: TracedCall) -> Path? {
    guard call.arguments.count > 1, case let text = call.arguments[1],
      let start = text.firstRange(of: "sun_path=".utf8)?.upperBound,
      let end = text.lastIndex(of: UInt8(ascii: "\"")), start < end
    else { return nil }
    return Array(text[start...end])
  }

  private mutating func notePaths(_ call: TracedCall, _ place: TraceReader.Place) {
    guard let places = TracedCall.places(call.name) else {
      if call.succeeded || call.result == nil { note(unknown: "it called \(call.name)") }
      return
    }
    var paths: [Path] = []
    for spot in places {
      switch call.name(spot.path) {
      case .none:
        if let folder = spot.folder.flatMap(call.folder) { paths.append(folder) }
      case .unknown:
        if call.succeeded || call.result == nil { note(unknown: "a path of its was not told") }
      case .path(let name):
        guard let path = absolute(name, call, spot, place) else { continue }
        named.insert(path)
        paths.append(path)
      }
    }
    if let opened = call.opened {
      named.insert(opened)
      if !call.says("O_WRONLY") { read.formUnion(paths + [opened]) }
    }
    noteEffect(call, paths, place)
  }

  private mutating func absolute(
    _ name: Path, _ call: TracedCall, _ spot: TracedCall.Place, _ place: TraceReader.Place
  ) -> Path? {
    if let folder = spot.folder.flatMap(call.folder), call.isWorkingFolder(spot.folder ?? 0) {
      place.folder = folder
    }
    if name.first == UInt8(ascii: "/") { return checked(Self.joined([], name)) }
    // Without a name it speaks of what was opened before.
    if name.isEmpty, spot.folder != nil { return nil }
    var folder = place.folder
    if let argument = spot.folder, !call.isWorkingFolder(argument) {
      folder = call.folder(argument)
      if folder == nil, !call.succeeded, call.result != nil { return nil }
    }
    guard let folder else {
      note(unknown: "where \(Self.shown(name)) is was not told")
      return nil
    }
    return checked(Self.joined(folder, name))
  }

  /// Some names lead to wherever a process stands.
  private mutating func checked(_ path: Path) -> Path {
    if path.starts(with: "/proc/".utf8) {
      let parts = path.split(separator: UInt8(ascii: "/")).dropFirst(2)
      for (place, part) in zip(parts.indices, parts) {
        let isDescriptor = part.elementsEqual("fd".utf8) && parts.endIndex - place > 2
        if isDescriptor || part.elementsEqual("cwd".utf8) || part.elementsEqual("root".utf8) {
          note(unknown: "it looked at another place by \(Self.shown(path))")
        }
      }
    }
    return path
  }

  private mutating func noteEffect(
    _ call: TracedCall, _ paths: [Path], _ place: TraceReader.Place
  ) {
    guard call.succeeded || call.result == nil || call.name.hasPrefix("exec") else { return }
    switch call.name {
    case "chdir": place.folder = paths.first
    case "execve", "execveat":
      let path = paths.first ?? call.folder(0)
      guard let path else { return }
      if call.succeeded { read.insert(path) }
      guard let folder = place.folder else { return note(unknown: "where it ran is not told") }
      executed.insert(Execution(path: path, folder: folder))
    case "symlink", "symlinkat":
      guard let path = paths.first, case .path(let target) = call.name(0) else {
        return note(unknown: "it made a link that was not told")
      }
      links[path, default: []].insert(target)
    case "rename", "renameat", "renameat2", "link", "linkat":
      if paths.count == 2 { moves.insert(paths) } else { note(unknown: "a move was not told") }
    default: break
    }
  }

  /// Without empty parts and `.`.
  static func joined(_ folder: Path, _ name: some Collection<UInt8>) -> Path {
    var path = folder
    for part in name.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
      path.append(UInt8(ascii: "/"))
      path += part
    }
    return path.isEmpty ? [UInt8(ascii: "/")] : path
  }

  /// Without `..`, for people.
  static func settled(_ path: Path) -> String {
    var parts: [ArraySlice<UInt8>] = []
    for part in path.split(separator: UInt8(ascii: "/")) {
      if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + String(decoding: Array(parts.joined(separator: [0x2F])), as: UTF8.self)
  }
}
