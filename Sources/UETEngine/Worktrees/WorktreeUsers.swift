import UETSystem

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

  /// What `/proc` shows now.
  package init(proc: String) {
    places = Files.names(in: proc).compactMap { name in
      guard let pid = Int32(name), let folder = Files.linked("\(proc)/\(name)/cwd") else {
        return nil
      }
      let program = Files.line("\(proc)/\(name)/comm") ?? ""
      return (folder, WorktreeFacts.User(pid: pid, program: program))
    }
  }

  /// The processes whose working directory is the folder or below it, by their numbers.
  package func users(of folder: String) -> [WorktreeFacts.User] {
    places.filter { $0.folder == folder || $0.folder.hasPrefix(folder + "/") }
      .map(\.user).sorted { $0.pid < $1.pid }
  }
}
