import CHiddenSystem
import Synchronization
import UETSystem

/// By what commands are shut in: on Linux by one of these; elsewhere by nothing, which is said.
package enum SandboxMeans: Hashable, Sendable {
  /// bubblewrap, the program at this path: a view of the machine of its own.
  case bubblewrap(String)
  /// Rules of the kernel on what may be opened; the rest of the machine is there, and closed.
  case landlock

  package var name: String {
    switch self {
    case .bubblewrap: "bubblewrap"
    case .landlock: "landlock"
    }
  }

  /// Whether one file can be seen in the place of another.
  package var canCover: Bool { if case .bubblewrap = self { true } else { false } }

  /// The better one of those that work here; nil for none.
  package static func find(_ environment: [String: String]) -> SandboxMeans? {
    bubblewrap(environment) ?? ofKernel
  }

  /// nil where it is not there, or the system keeps it from making name spaces: it is tried out.
  package static func bubblewrap(_ environment: [String: String]) -> SandboxMeans? {
    known.withLock { known in
      let path = environment["PATH"] ?? ""
      if let found = known[path] { return found }
      let found = Spawn.find("bwrap", environment).flatMap { program -> SandboxMeans? in
        works(program) ? .bubblewrap(program) : nil
      }
      known[path] = .some(found)
      return found
    }
  }

  /// By search path: nothing of it changes while a command runs.
  private static let known = Mutex<[String: SandboxMeans?]>([:])

  package static var ofKernel: SandboxMeans? { uet_landlock_version() > 0 ? .landlock : nil }

  private static func works(_ program: String) -> Bool {
    let arguments = [
      "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/",
      "/", "--proc", "/proc", "--dev", "/dev", "--", program, "--version",
    ]
    let trial = Spawn(program, arguments, environment: [], group: .ofItsOwn)
    guard let child = try? trial.start(input: nil, output: nil, error: nil) else { return false }
    if case .exited(0) = ProcessEnd(of: child) { return true }
    return false
  }
}
