import UETEngine
import UETGit
import UETModel
import UETSystem
import UETWorkers

/// A repository whose lines this process serves: it alone, until it ends.
final class ServedRepository: Sendable {
  /// As it was named.
  let place: String
  let project: Project
  let book: LineBook
  /// The host that it is served for, where that is another.
  let mirror: RemoteMirror?
  private let lock: FileLock

  private let environment: [String: String]
  private let trustsAll: Bool

  /// Throws where it is no repository, and where another process serves it.
  init(
    _ place: String, remote: String?, environment: [String: String], trustsAll: Bool
  ) throws {
    (self.place, self.environment, self.trustsAll) = (place, environment, trustsAll)
    project = try Project.open(from: place, environment: environment, reading: true)
    let repository = project.repository
    book = LineBook(repository, project.git, LineNames(prefix: project.refPrefix))
    mirror = try remote.map { [project, book] in try RemoteMirror($0, project, book) }
    let files = ServeFiles(repository)
    try Files.makeDirectory(files.folder, mode: 0o775)
    let path = files.lock
    guard let lock = try FileLock.take(path) else {
      let who = Files.line(path).map { " (\($0))" } ?? ""
      throw Refusal(
        .held, "the queue of '\(place.terminalSafe)' is served already\(who.terminalSafe)",
        hint: "look at it: git uet queue")
    }
    lock.note("process \(OwnProgram.number)\n")
    self.lock = lock
  }

  /// The project as the end of a branch configures it.
  func project(for branch: String, warn: @escaping @Sendable (String) -> Void) throws -> Project {
    var project = try Project.open(
      from: place, environment: environment, branch: "refs/heads/\(branch)"
    ).trustingAll(trustsAll)
    project.warn = warn
    return project
  }

  /// Nobody serves it any more: pushes need not tell.
  func close() { try? Files.remove(ServeFiles(project.repository).lock) }
}

/// The files by which pushes and the process that serves the queue find each other. Any
/// user who may push can write there, whoever serves.
package struct ServeFiles: Sendable {
  package let folder: String

  package init(_ repository: Repository) { folder = "\(repository.commonDirectory)/uet-server" }

  /// Locked by who serves the queue.
  var lock: String { folder + "/serve.lock" }
  /// Written anew at each push.
  private var wake: String { folder + "/wake" }

  /// Whether a process serves the queue.
  var isServed: Bool {
    Files.inode(lock).flatMap { FileLock.isTaken(lock, inode: $0) } ?? false
  }

  /// Tells whoever serves the queue that there is something new; whether there is somebody.
  @discardableResult
  package func call() -> Bool {
    guard isServed else { return false }
    try? Files.write([], to: wake)
    return true
  }
}
