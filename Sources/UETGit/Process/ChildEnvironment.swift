/// The environment of git children.
enum ChildEnvironment {
  /// These only choose which of the user's own configuration files are read.
  private static let kept: Set<String> = [
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
  ]

  /// `environment` without what could steer git, in a locale whose messages can be read.
  static func sealed(_ environment: [String: String]) -> [String: String] {
    var result = environment.filter { !$0.key.hasPrefix("GIT_") || kept.contains($0.key) }
    for key in ["LANGUAGE", "LC_MESSAGES", "PAGER", "EDITOR", "VISUAL", "SSH_ASKPASS"] {
      result[key] = nil
    }
    result["LC_ALL"] = "C.UTF-8"
    result["GIT_TERMINAL_PROMPT"] = "0"
    result["GIT_OPTIONAL_LOCKS"] = "0"
    result["GIT_EDITOR"] = "false"
    result["GIT_SEQUENCE_EDITOR"] = "false"
    return result
  }

  /// What the user set up for reaching other hosts: the ssh command, the source of passwords, the
  /// limits of a slow connection, traces. The agent's socket is kept in any case.
  private static let ofNetwork = [
    "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_PROXY_COMMAND",
    "GIT_ALLOW_PROTOCOL", "GIT_PROTOCOL_FROM_USER",
  ]

  /// `sealed` for a command that talks to another host. Nothing asks in a window or a terminal: a
  /// program named by GIT_ASKPASS was put there to answer.
  static func network(_ environment: [String: String]) -> [String: String] {
    var result = sealed(environment)
    for (key, value) in environment {
      let isOfTransport = ["GIT_HTTP_", "GIT_SSL_", "GIT_CURL_", "GIT_TRACE"]
        .contains { key.hasPrefix($0) }
      if ofNetwork.contains(key) || isOfTransport { result[key] = value }
    }
    // Lines of the host are then ended by spaces instead of an escape sequence.
    result["TERM"] = "dumb"
    return result
  }
}
