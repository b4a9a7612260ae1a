import UETGit
import UETModel

/// The hooks that git runs by its configuration, since 2.54: `hook.NAME.command` at each
/// `hook.NAME.event`, in the order of these, all of them before the hook of the folder.
struct ConfiguredHooks {
  struct Hook: Equatable {
    let name: String
    let command: String
  }

  static let since = GitVersion(2, 54, 0)
  static let none = ConfiguredHooks([])

  /// By event, the last named last.
  private var names: [String: [String]] = [:]
  private var commands: [String: String] = [:]
  private var disabled: Set<String> = []

  /// `settings` are those of `hook.`, in git's order.
  init(_ settings: [(key: String, value: String)]) {
    for (key, value) in settings {
      let parts = key.split(separator: ".")
      guard parts.count > 2, parts[0] == "hook", let last = parts.last else { continue }
      // A name may hold dots.
      let name = parts[1..<(parts.count - 1)].joined(separator: ".")
      switch last {
      case "event" where value.isEmpty:
        for event in names.keys { names[event]?.removeAll { $0 == name } }
      case "event":
        names[value, default: []].removeAll { $0 == name }
        names[value, default: []].append(name)
      case "command": commands[name] = value
      case "enabled":
        switch value.lowercased() {
        case "false", "no", "off", "0", "": disabled.insert(name)
        default: disabled.remove(name)
        }
      default: continue
      }
    }
  }

  /// Those that run at an event. Git talks with one program alone at `proc-receive`, which is that
  /// of the folder.
  func hooks(at hook: HookFile) -> [Hook] {
    // By the name of an event all of it is switched off.
    guard hook.isChained, !disabled.contains(hook.rawValue) else { return [] }
    return names[hook.rawValue, default: []].compactMap { name in
      guard !disabled.contains(name), let command = commands[name] else { return nil }
      return Hook(name: name, command: command)
    }
  }
}

extension ConfiguredHooks.Hook {
  /// Whether this program is what it calls, as the file of the hook does.
  func calls(_ hook: HookFile) -> Bool {
    var words = command.split { $0 == " " || $0 == "\t" }.map { word in
      String(word.filter { $0 != "\"" && $0 != "'" })
    }[...]
    while let word = words.popFirst() {
      let program = word.split(separator: "/").last ?? ""
      let isGit = program == "git" && words.first == "uet"
      guard program == "git-uet" || isGit else { continue }
      if words.dropFirst(isGit ? 1 : 0).starts(with: ["hook", hook.rawValue]) { return true }
    }
    return false
  }
}
