import UETModel
import UETPlanning

/// An option of a push that is not understood, or asks for what is not to be had.
struct OptionFault: Error, Hashable {
  let message: String
  let hint: String
}

extension CandidateWishes {
  /// The longest list, and the longest pattern or name in it: a push that holds more is no wish but
  /// an attack.
  private static let (mostEach, longest) = (100, 1000)
  private static let priorities = -1000...1000

  /// Reads the options of a push, as `uet.scope=PATTERN`; those of others, which do not begin with
  /// `uet.`, are left alone.
  init(options: [String], gates known: some Collection<String>) throws(OptionFault) {
    self.init()
    for option in options where option.hasPrefix("uet.") {
      let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.count <= Self.longest,
        parts[1].unicodeScalars.allSatisfy(\.isHarmless)
      else {
        throw OptionFault(
          message: "the option '\(String(option.prefix(100)).terminalSafe)' says nothing",
          hint: "give it a value: git push -o uet.scope=PATTERN ...")
      }
      try take(parts[0], parts[1], known)
    }
    if [scope, gates, depends].contains(where: { $0.count > Self.mostEach }) {
      throw OptionFault(
        message: "an option is given more than \(Self.mostEach) times",
        hint: "a pattern may stand for many paths: git push -o 'uet.scope=src/**' ...")
    }
  }

  private mutating func take(
    _ name: String, _ value: String, _ known: some Collection<String>
  ) throws(OptionFault) {
    switch name {
    case "uet.scope":
      do { _ = try ScopePattern(value) } catch {
        throw OptionFault(
          message: "'\(value.terminalSafe)' is no pattern: \("\(error)".terminalSafe)",
          hint: "for example: git push -o 'uet.scope=src/**' ...")
      }
      scope.append(value)
    case "uet.gate":
      guard known.contains(value) else {
        let names = known.isEmpty ? "it has none" : "it has \(known.sorted().quoted(5))"
        throw OptionFault(
          message: "the configuration of the branch has no gate '\(value.terminalSafe)': \(names)",
          hint: "name one of them: git push -o uet.gate=NAME ...")
      }
      if !gates.contains(value) { gates.append(value) }
    case "uet.depends":
      if !depends.contains(value) { depends.append(value) }
    case "uet.priority":
      guard let number = Int(value), Self.priorities.contains(number) else {
        throw OptionFault(
          message: "'\(value.terminalSafe)' is no priority: a whole number from -1000 to 1000",
          hint: "smaller goes first: git push -o uet.priority=-1 ...")
      }
      priority = number
    default:
      throw OptionFault(
        message: "there is no option '\(name.terminalSafe)'",
        hint: "there are uet.scope, uet.gate, uet.depends and uet.priority")
    }
  }

  /// What the options of a push are, as git gives them to hooks.
  static func options(in environment: [String: String]) -> [String] {
    guard let count = environment["GIT_PUSH_OPTION_COUNT"].flatMap({ Int($0) }), count > 0 else {
      return []
    }
    return (0..<min(count, 10_000)).compactMap { environment["GIT_PUSH_OPTION_\($0)"] }
  }
}
