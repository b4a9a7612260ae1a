#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The processes of this machine and their working directories, read once.
///
/// Those of other users cannot be looked at, and macOS tells of none: then nobody is found, and the
/// checks that remain are those for changes.
package struct WorktreeUsers: Sendable {
  private let places: [(folder: String, user: WorktreeFacts.User)]

  /// No processes at all.
  package init() { places = [] }

  /// What `/proc` shows now.
  package init(proc: String) {
    let names = (try? Files.names(in: proc)) ?? []
    places = names.compactMap { name in
      guard let pid = Int32(name), let folder = Files.link("\(proc)/\(name)/cwd") else {
        return nil
      }
      let bytes = Files.head("\(proc)/\(name)/comm", limit: 64)
      let program = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
      return (folder, WorktreeFacts.User(pid: pid, program: program))
    }
  }

  /// The processes whose working directory is the folder or below it, by their numbers.
  package func users(of folder: String) -> [WorktreeFacts.User] {
    places.filter { $0.folder == folder || $0.folder.hasPrefix(folder + "/") }
      .map(\.user).sorted { $0.pid < $1.pid }
  }
}

extension Files {
  /// What a symbolic link holds; nil for anything else.
  package static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The first bytes of a file whose size is not known beforehand, as of those in `/proc`.
  package static func head(_ path: String, limit: Int) -> [UInt8] {
    read(path, from: 0, limit: limit)
  }

  /// Bytes of a file from a place on; empty at its end, or where it cannot be read.
  package static func read(_ path: String, from offset: Int, limit: Int) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
    return Array(buffer.prefix(max(0, count)))
  }

  /// The length of a file in bytes; 0 where there is none.
  package static func size(_ path: String) -> Int {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : 0
  }
}
