import UETModel
import UETPlanning

/// The environment of what a run starts: an allow-list of the user's, the bundle's, then the run's.
enum WorkerEnvironment {
  /// What passes from the user's environment: enough to find programs, speak the user's language
  /// and reach a home directory; no tokens, no `GIT_*`, no loader variables.
  private static let allowed: Set<String> = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM", "TMPDIR",
    "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy",
    "no_proxy",
  ]

  static func base(from user: [String: String]) -> [String: String] {
    user.filter { allowed.contains($0.key) || $0.key.hasPrefix("LC_") }
  }

  /// Nobody sits at a worker, a gate or a set-up command: what would wait for an answer fails at
  /// once.
  static let unattended = [
    "GIT_EDITOR": "false", "GIT_SEQUENCE_EDITOR": "false", "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat", "PAGER": "cat",
  ]

  /// What the run adds for each worker, besides.
  static let ofRun = [
    "TRACEPARENT", "UET_ATTEMPT", "UET_PORT_BASE", "UET_PROMPT_FILE", "UET_RUN", "UET_SOCKET",
    "UET_TOKEN",
    "UET_WORKER", "UET_WORKSTREAM",
  ]

  /// What a tool alone gets: of the user's what its program logs in with and its entry names, then
  /// what git-uet and the entry set for it.
  static func own(
    of tool: Configuration.Tool, login: [String] = [], launch: [String: String] = [:],
    user: [String: String]
  ) -> [String: String] {
    let wanted = Set(login + tool.passedVariables)
    return user.filter { wanted.contains($0.key) }
      .merging(launch) { $1 }
      .merging(tool.environment.filter { mayDeclare($0.key) }) { $1 }
  }

  /// Whether a bundle may set a variable: not git's, not ours, not the dynamic loader's.
  static func mayDeclare(_ name: String) -> Bool {
    !["GIT_", "UET_", "LD_", "DYLD_"].contains { name.hasPrefix($0) }
  }

  /// Adds what a bundle declares, then the run's own variables, which win.
  static func make(
    user: [String: String], declared: [String: String], run: [String: String]
  ) -> [String: String] {
    base(from: user)
      .merging(unattended) { $1 }
      .merging(declared.filter { mayDeclare($0.key) }) { $1 }
      .merging(run) { $1 }
  }
}
