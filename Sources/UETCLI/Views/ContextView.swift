import UETContext
import UETEngine
import UETModel
import UETReporting

/// What an agent has to read, for people and programs.
struct ContextView {
  private let found: WorkContext
  private let style: TextStyle
  private let isLong: Bool

  /// Files of each kind that are named where not all are asked for.
  private static let shown = 12

  init(_ found: WorkContext, _ style: TextStyle, isLong: Bool) {
    (self.found, self.style, self.isLong) = (found, style, isLong)
  }

  var text: String {
    var lines = head
    lines += [Self.row("the prompt", found.prompt)]
    lines += part("may be changed", found.scope) { _ in "" }
    lines += part("needed to know", found.needed) { Self.words($0.reasons) }
    if !found.binary.isEmpty {
      lines.append(
        "  \(found.binary.count.counting("file")) of the scope are no text, and not counted")
    }
    for gap in found.gaps { lines += style.wrap("not looked at: \(gap)", indent: 2) }
    lines += notes
    return lines.joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    let who = "\(found.workstream)" + (found.model.map { " with \($0.terminalSafe)" } ?? "")
    let total = "about \(Self.grouped(found.total)) tokens"
    guard let window = found.window else {
      let why = found.model == nil ? "no model is named" : "nobody says how many it takes"
      return style.titled(who, ": \(total); \(why)")
    }
    let percent = found.total * 100 / max(1, window.size)
    return style.titled(
      who, ": \(total), \(percent) % of the \(Self.grouped(window.size)) that it takes")
  }

  private func part(
    _ title: String, _ files: [ContextFile], words: (ContextFile) -> String
  ) -> [String] {
    guard !files.isEmpty else { return [] }
    let sum = files.reduce(0) { $0 + $1.tokens }
    var lines = [Self.row("\(title): \(files.count.counting("file"))", sum)]
    for file in files.prefix(isLong ? files.count : Self.shown) {
      let tail = words(file)
      let name = file.path.terminalSafe
      lines.append(Self.row("  " + name, file.tokens))
      if !tail.isEmpty { lines += style.wrap(tail, indent: 8) }
    }
    let rest = files.count - (isLong ? files.count : Self.shown)
    if rest > 0 { lines.append("    \(style.unicode ? "…" : "...") and \(rest) more (--long)") }
    return lines
  }

  /// A name and a number, which stands at the end of 60 columns where the name leaves room.
  private static func row(_ name: String, _ tokens: Int) -> String {
    let number = grouped(tokens)
    let room = 58 - name.unicodeScalars.count - number.count
    return "  " + name + String(repeating: " ", count: max(1, room)) + number
  }

  private var notes: [String] {
    var lines: [String] = []
    if let declared = found.declared {
      let counted = found.prompt + found.scopeTokens
      let isFar = Workstream.Estimate.isFar(declared, from: counted)
      lines += style.wrap(
        "the bundle says \(Self.grouped(declared)) for prompt and scope"
          + (isFar ? ", which is far from \(Self.grouped(counted))" : ""), indent: 2)
    }
    if let past = found.calibration {
      lines += style.wrap(
        "past attempts with the model: their longest requests had \(Self.times(past.median)) times "
          + "what they were handed (median of \(past.attempts); four of five between "
          + "\(Self.times(past.range.lowerBound)) and \(Self.times(past.range.upperBound)))",
        indent: 2)
    }
    if !found.isOwnVocabulary, found.model != nil {
      lines += style.wrap(
        "counted with the vocabulary '\(found.family.rawValue)': its own is not public", indent: 2)
    }
    let hint: String? =
      switch found.strategy {
      case nil: nil
      case .prune?:
        "without comments it fits: git uet context \(found.workstream) --pack FILE --strategy prune"
      case .summarise?:
        "with declarations of the rest it fits: git uet context \(found.workstream) --pack FILE "
          + "--strategy summarise"
      case .split?:
        "the scope alone is too much; in parts: git uet context \(found.workstream) --split"
      }
    if let window = found.window, let hint {
      lines += style.wrap(
        "that is more than the \(Self.grouped(window.room)) that are for it (context.reserve)",
        indent: 2)
      lines.append("hint: \(hint)")
    }
    return lines
  }

  private static func times(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

  /// With a comma between thousands.
  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }

  private static func words(_ reasons: [ContextFile.Reason]) -> String {
    reasons.map { reason in
      switch reason {
      case .scope: "in the scope"
      case .declared: "to be read, says the bundle"
      case .imported(let path): "named by \(path.terminalSafe)"
      case .declares(let count, let names):
        "declares \(count.counting("name")) used there: \(names.joined(separator: ", ").terminalSafe)"
      case .tests(let path): "tests \(path.terminalSafe)"
      case .changedWith(let together, let all):
        "changed with the scope in \(together) of \(all.counting("commit"))"
      case .result(let id): "'\(id)', on which it depends, may change it"
      }
    }.joined(separator: "; ")
  }

  var json: JSONObject {
    var object: JSONObject = [
      "version": 1, "workstream": .string(found.workstream.rawValue),
      "base": .string(found.base.hex),
    ]
    object.append("model", found.model.map(JSONValue.string))
    object.append("vocabulary", .string(found.family.rawValue))
    object.append("vocabulary_is_own", .bool(found.isOwnVocabulary))
    object.append("window", found.window.map { .integer(Int64($0.size)) })
    object.append("room", found.window.map { .integer(Int64($0.room)) })
    object.append("tokens", Self.number(found.total))
    object.append("prompt_tokens", Self.number(found.prompt))
    object.append("scope_tokens", Self.number(found.scopeTokens))
    object.append("needed_tokens", Self.number(found.neededTokens))
    object.append("pruned_tokens", Self.number(found.prunedTotal))
    object.append("declared_tokens", found.declared.map(Self.number))
    object.append("strategy", found.strategy.map { .string($0.rawValue) })
    if let past = found.calibration {
      object.append(
        "past",
        [
          "attempts": Self.number(past.attempts), "median": .number(past.median),
          "low": .number(past.range.lowerBound), "high": .number(past.range.upperBound),
        ])
    }
    object.append("scope", .array(found.scope.map(Self.json)))
    object.append("needed", .array(found.needed.map(Self.json)))
    object.append("binary_files", Self.number(found.binary.count))
    object.append("not_looked_at", .array(found.gaps.map(JSONValue.string)))
    return object
  }

  private static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }

  private static func json(_ file: ContextFile) -> JSONValue {
    var object: JSONObject = [
      "path": .string(file.path), "tokens": number(file.tokens),
      "pruned_tokens": number(file.prunedTokens), "role": .string(file.role.rawValue),
    ]
    if !file.reasons.contains(.scope) { object.append("why", .string(words(file.reasons))) }
    return .object(object)
  }
}
