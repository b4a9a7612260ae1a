import UETSystem

/// What keeps hooks of the configuration from running, which git has since 2.54: `core.hooksPath`
/// is about the folder alone.
///
/// Git 2.55 knows a switch for all hooks of an event, 2.54 only one for each hook by its name;
/// older ones heed neither, so nobody has to be asked which git this is.
struct HookSettings: Sendable {
  /// As `GIT_CONFIG_PARAMETERS` holds settings, for commands that run no hook at all.
  let none: String
  /// For a push that may run what the user set up to look at it.
  let allButPush: String

  init(_ configuration: Configuration) {
    var names: [String] = []
    var pushing: Set<String> = []
    for entry in configuration.entries {
      guard let (name, kind) = Self.parts(entry.key), ["event", "command"].contains(kind) else {
        continue
      }
      if !names.contains(name) { names.append(name) }
      if kind == "event", entry.value.isEmpty { pushing.remove(name) }
      if kind == "event", entry.value == Self.push { pushing.insert(name) }
    }
    let events = Self.events.map { ("hook.\($0).enabled", "false") }
    none = Self.quoted(
      (events + [("hook.\(Self.push).enabled", "false")])
        + names.map { ("hook.\($0).enabled", "false") })
    allButPush = Self.quoted(
      events
        + names.flatMap { name in
          pushing.contains(name)
            ? [("hook.\(name).event", ""), ("hook.\(name).event", Self.push)]
            : [("hook.\(name).enabled", "false")]
        })
  }

  static let push = "pre-push"

  /// Those that a command of ours can come upon.
  private static let events = [
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit",
    "prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout", "post-merge",
    "post-rewrite", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-index-change",
    "fsmonitor-watchman", "pre-receive", "update", "proc-receive", "post-receive", "post-update",
  ]

  /// Name and last part of `hook.NAME.KIND`; nil for anything else.
  private static func parts(_ key: String) -> (name: String, kind: String)? {
    guard key.hasPrefix("hook."), let dot = key.lastIndex(of: "."),
      key.index(key.startIndex, offsetBy: 5) < dot
    else { return nil }
    let name = key[key.index(key.startIndex, offsetBy: 5)..<dot]
    return (String(name), String(key[key.index(after: dot)...]))
  }

  private static func quoted(_ settings: [(key: String, value: String)]) -> String {
    settings.map { "\(quoted($0.key))=\(quoted($0.value))" }.joined(separator: " ")
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''").replacing("!", with: "'\\!'") + "'"
  }
}

/// A folder of hooks that holds nothing but the way to the user's `pre-push`.
///
/// The others of its folder are not for what a push does here on the side, such as moving
/// references.
final class PushHook: Sendable {
  private let place: ScratchDirectory

  var folder: String { place.path }

  /// Nil where there is no such hook.
  init?(_ repository: Repository, home: String?) throws(GitError) {
    let configured = repository.config("core.hooksPath").map { path in
      Files.resolved(
        Files.expanded(path, home: home),
        against: repository.workTree ?? repository.commonDirectory)
    }
    let hook = (configured ?? repository.commonDirectory + "/hooks") + "/" + HookSettings.push
    guard Files.isProgram(hook) else { return nil }
    place = try ScratchDirectory()
    let quoted = "'" + hook.replacing("'", with: "'\\''") + "'"
    let script = "#!/bin/sh\nexec \(quoted) \"$@\"\n"
    try place.write(Array(script.utf8), to: HookSettings.push, mode: 0o755)
  }
}

extension Files {
  /// A path of the configuration as git takes it: without the mark of one that may be missing, and
  /// with the user's folder in it.
  static func expanded(_ path: String, home: String?) -> String {
    let mark = ":(optional)"
    let path = path.hasPrefix(mark) ? String(path.dropFirst(mark.count)) : path
    return path.hasPrefix("~/") ? trimmed(home ?? "") + path.dropFirst() : path
  }
}
