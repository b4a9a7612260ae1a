import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The one path at which commands see whichever worktree they work in, beside its own.
///
/// What compilers and build tools write with absolute paths then names this one, and is good in
/// every worktree. Outside of the commands nothing stands there.
enum OnePath {
  /// The path, made as an empty folder; nil where each worktree is seen at its own alone.
  ///
  /// Refuses where the settings require it, and it is not to be had.
  static func choose(
    _ project: Project, _ sandbox: Sandbox?, _ supervisor: Supervisor
  ) throws -> String? {
    let settings = project.configuration.run
    switch settings.samePath {
    case .off: return nil
    case .auto:
      // Whoever is not root becomes somebody else for it, whom ssh does not trust.
      guard project.configuration.buildsStay, covers(sandbox) || geteuid() == 0 else { return nil }
    case .require: break
    }
    let path = project.onePath
    try project.makeWorktreeRoot()
    if Files.kind(path) != .directory { try Files.makeDirectory(path) }
    guard Files.names(in: path).isEmpty else {
      if settings.samePath == .auto { return nil }
      throw Refusal(
        .decision, "'\(path)' is no empty folder, and 'run.same_path' requires one",
        hint: "look at what is in it, and move it away")
    }
    if covers(sandbox) || supervisor.canShow(at: path) { return path }
    if settings.samePath == .auto { return nil }
    throw Refusal(
      .decision, "worktrees cannot be shown at one path here, and 'run.same_path' requires it",
      hint: "install bubblewrap, or allow name spaces of users")
  }

  /// Whether the sandbox shows folders elsewhere by itself.
  private static func covers(_ sandbox: Sandbox?) -> Bool { sandbox?.means.canCover ?? false }
}

extension Configuration {
  /// Whether anything that is built stays between commands.
  var buildsStay: Bool {
    gates.values.contains { $0.warm && !$0.keep.isEmpty }
      || run.caches.contains { !BuildDescription.isInstalled($0) }
  }
}

extension Project {
  static let onePathName = "worktree"

  /// Where all worktrees are seen.
  var onePath: String { "\(worktreeRoot)/\(Self.onePathName)" }
}
