import ArgumentParser
import UETModel
import UETPlanning

/// What is wrong with the words that were typed, in git's style.
struct UsageFailure {
  private let message: String
  private let usage: String?
  private let hints: [String]

  /// `git uet help WORD` for a word that is no command; the parser shows the help of all instead.
  init?(helpFor arguments: [String], of root: any ParsableCommand.Type) {
    let words = Array(arguments.dropFirst())
    guard arguments.first == "help", CommandPath(words, of: root).unknown != nil else { return nil }
    self.init("", arguments: words, of: root)
  }

  /// `text` is the parser's: `Error: …`, the usage, and where to read on.
  init(_ text: String, arguments: [String], of root: any ParsableCommand.Type) {
    let path = CommandPath(arguments, of: root)
    let help = (["git uet"] + path.names + ["--help"]).joined(separator: " ")
    if let word = path.unknown {
      message = "'\(word.terminalSafe)' is not a command of '\(path.title)'"
      usage = nil
      hints = [path.nearest(to: word).map { "did you mean '\($0)'?" } ?? "list them: \(help)"]
      return
    }
    let lines = text.split(separator: "\n").map(String.init)
    let first = lines.first ?? ""
    let stated = first.hasPrefix("Error: ") ? String(first.dropFirst(7)) : first
    let (plain, remark) = Self.split(stated)
    message = Self.lowercased(plain)
    usage = lines.first { $0.hasPrefix("Usage: ") }.map { String($0.dropFirst(7)) }
    let outer = path.names.isEmpty ? arguments.first.flatMap(Self.gitOption) : nil
    hints = [outer, remark].compactMap { $0 } + ["all of it: \(help)"]
  }

  func lines(on terminal: Terminal) -> [String] {
    [terminal.styled("error: ", .red) + message]
      + (usage.map {
        Wrapping.lines(Self.parts(of: "usage: " + $0), width: terminal.width - 1, indent: 7)
      } ?? [])
      + hints.map { terminal.styled("hint: ", .yellow) + $0 }
  }

  /// What is wrong, and what could be meant, which is said behind it.
  private static func split(_ text: String) -> (String, remark: String?) {
    for mark in [" Did you mean ", " did you mean ", " Please provide "] {
      guard let range = text.firstRange(of: mark) else { continue }
      let front = text[..<range.lowerBound]
      let plain = front.last == ";" ? front.dropLast() : front
      return (String(plain), lowercased(text[range].dropFirst() + text[range.upperBound...]))
    }
    return (text, nil)
  }

  /// Options of git itself are none of its commands.
  private static func gitOption(_ word: String) -> String? {
    let options = ["-C", "-c", "-p", "--git-dir", "--work-tree", "--no-pager", "--paginate"]
    let name = String(word.prefix { $0 != "=" })
    return options.contains(name)
      ? "git's own options stand in front: git \(name) ... uet COMMAND" : nil
  }

  private static func lowercased(_ text: some StringProtocol) -> String {
    let end = text.hasSuffix(".") ? String(text.dropLast()) : String(text)
    return end.prefix(1).lowercased() + end.dropFirst()
  }

  /// Words, what stands in brackets together.
  private static func parts(of text: String) -> [String] {
    var parts: [String] = []
    var depth = 0
    for word in text.split(separator: " ") {
      if depth > 0 { parts[parts.count - 1] += " " + word } else { parts.append(String(word)) }
      depth += word.count { $0 == "[" } - word.count { $0 == "]" }
    }
    return parts
  }
}

/// The commands that the first words name.
private struct CommandPath {
  private(set) var names: [String] = []
  /// The word that stands where a command should, and names none.
  private(set) var unknown: String?
  private var command: any ParsableCommand.Type

  init(_ arguments: [String], of root: any ParsableCommand.Type) {
    command = root
    for word in arguments {
      let choices = command.configuration.subcommands
      guard !choices.isEmpty, !word.hasPrefix("-") else { return }
      if let next = choices.first(where: { $0._commandName == word }) {
        names.append(word)
        command = next
      } else {
        if command.configuration.defaultSubcommand == nil { unknown = word }
        return
      }
    }
  }

  var title: String { (["git uet"] + names).joined(separator: " ") }

  /// The whole call that may have been meant.
  func nearest(to word: String) -> String? {
    let choices = command.configuration.subcommands.map { $0._commandName }
    var nearby = Nearest()
    let begun = choices.filter { $0.hasPrefix(word) }
    let other = names.isEmpty ? Self.elsewhere[word.lowercased()] : nil
    let name = begun.count == 1 ? begun.first : other ?? nearby.name(for: word, among: choices)
    return name.map { "\(title) \($0)" }
  }

  /// What other programs call it.
  private static let elsewhere = [
    "abort": "cancel", "check": "validate", "continue": "resume", "diff": "show",
    "graph": "plan", "history": "events", "info": "show", "kill": "cancel", "land": "integrate",
    "list": "runs", "log": "logs", "ls": "runs", "merge": "integrate", "prune": "clean",
    "pull": "sync", "push": "sync", "rerun": "retry", "revert": "rollback", "setup": "init",
    "start": "run", "stop": "pause", "undo": "rollback", "unpause": "resume",
    "version": "--version", "watch": "status", "worktree": "worktrees",
  ]
}
