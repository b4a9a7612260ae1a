import UETEngine
import UETGit
import UETModel
import UETSystem
import UETWorkers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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
    _ place: String, remote: String?, label: String?, environment: [String: String],
    trustsAll: Bool,
    warn: @escaping @Sendable (String) -> Void
  ) throws {
    (self.place, self.environment, self.trustsAll) = (place, environment, trustsAll)
    var project = try Project.open(from: place, environment: environment, reading: true)
    project.warn = warn
    self.project = project
    let repository = project.repository
    repository.shareNewFiles()
    book = LineBook(repository, project.git, LineNames(prefix: project.refPrefix))
    mirror = try remote.map { [project, book] in
      try RemoteMirror($0, label: label, project, book)
    }
    let files = ServeFiles(repository)
    try Files.makeDirectory(files.folder, mode: 0o775)
    let path = files.lock
    guard let lock = try Self.lock(path) else {
      let who = Files.line(path).map { " (\($0))" } ?? ""
      throw Refusal(
        .held, "the queue of '\(place.terminalSafe)' is served already\(who.terminalSafe)",
        hint: "look at it: git uet queue")
    }
    // The next who serves may be another user of the group.
    if repository.isShared { try? Files.setMode(path, 0o664) }
    lock.note("process \(OwnProgram.number)\n")
    self.lock = lock
  }

  /// Whoever pushes asks for a moment whether somebody has it.
  private static func lock(_ path: String) throws -> FileLock? {
    for _ in 0..<20 {
      if let lock = try FileLock.take(path) { return lock }
      usleep(10_000)
    }
    return nil
  }

  /// The project as the end of a branch configures it.
  func project(for branch: String, warn: @escaping @Sendable (String) -> Void) throws -> Project {
    var project = try Project.open(
      from: place, environment: environment, branch: "refs/heads/\(branch)"
    ).trustingAll(trustsAll)
    project.warn = warn
    return project
  }

  /// Puts away what is old, as `git uet gc` does, once a day.
  func tidy() async {
    let mark = ServeFiles(project.repository).tidied
    let now = project.clock.now()
    if let last = Files.line(mark).flatMap({ Timestamp($0) }), now.seconds(since: last) < Self.day {
      return
    }
    do {
      try Files.write(Array("\(now)\n".utf8), to: mark)
      try await GarbageCollection(GarbageCollection.Request(), in: project).perform { _ in }
    } catch {
      project.warn("old runs could not be put away: \(Refusal(error).messages.first ?? "")")
    }
  }

  private static let day = 86_400.0

  /// Nobody serves it any more: pushes need not tell.
  func close() { try? Files.remove(ServeFiles(project.repository).lock) }
}
