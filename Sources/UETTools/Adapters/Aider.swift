import UETModel

/// aider: plain text; status 0 also where the login was refused.
package enum Aider: ToolAdapter {
  package static let name = "aider"
  package static let homes = [
    ToolHome(
      "", [".aider.conf.yml", ".aider.model.settings.yml", ".aider.model.metadata.json", ".env"]),
    ToolHome(".aider", ["oauth-keys.env"]),
  ]
  package static let opensFiles = true
  package static let knownVersions = "0.86"
  package static let loginVariables = [
    "OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY",
    "ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL", "OPENROUTER_API_KEY", "GEMINI_API_KEY",
    "DEEPSEEK_API_KEY", "MISTRAL_API_KEY", "GROQ_API_KEY", "XAI_API_KEY",
  ]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    var argv = [request.program, "--message-file", request.promptFile, "--yes-always"]
    argv += request.flag("--no-auto-commits", "--auto-commits")
    argv += request.flag("--no-pretty", "--pretty") + request.flag("--no-stream", "--stream")
    argv += request.flag("--no-check-update") + request.flag("--no-gitignore", "--gitignore")
    argv += request.flag("--no-show-release-notes") + request.flag("--no-suggest-shell-commands")
    argv += request.option("--model", value: request.model)
    argv += request.option(
      "--chat-history-file", value: request.scratch + "/chat.md")
    argv += request.option("--input-history-file", value: request.scratch + "/input")
    for file in request.files { argv += ["--file", file] }
    let log = request.given("--analytics-log")
    let files = log.map { [ToolFile(.absolute($0), endingIn: "")] } ?? []
    return ToolLaunch(argv + request.extraArguments, files: files, litter: [".aider*"])
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    AiderReading(model: request.model)
  }
}

/// Folds what aider prints.
///
/// A line tells the tokens of a message, rounded; exact figures are in the log of
/// `--analytics-log`, which a user has to want, since it turns on what aider sends to its makers.
struct AiderReading: ToolReading {
  private var model: String?
  private var account = Account()
  private var messages: [UsageRecord] = []
  private var exact: [UsageRecord] = []
  private var fault: ToolOutcome?
  private var hasAnswer = false

  init(model: String?) { self.model = model }

  mutating func take(line: ArraySlice<UInt8>) {
    if line.begins(with: "Tokens: ") {
      takeTokens(line.text)
    } else if line.begins(with: "Main model: ") {
      model = line.text.dropFirst(12).split(separator: " ").first.map(String.init) ?? model
    } else if line.begins(with: "Aider v") {
      account.check(
        version: String(line.text.dropFirst(7)), of: "aider", known: Aider.knownVersions)
    } else if line.begins(with: "litellm.") {
      fault = FaultWords.outcome(of: line.text) ?? .failed(FaultWords.firstLine(line.text))
    } else if line.begins(with: "Model "), line.holds("has hit a token limit", within: 300) {
      fault = .contextOverflow(FaultWords.firstLine(line.text))
    } else {
      account.hear(line)
    }
  }

  /// Reads `Tokens: 1.0k sent, 1.2k cache write, 400 cache hit, 50 received. Cost: $0.0030 message,
  /// ...`.
  private mutating func takeTokens(_ line: String) {
    // An answer came in the end.
    (fault, hasAnswer) = (nil, true)
    let (tokens, cost) = Self.halves(line.dropFirst(8))
    var counts: [String: Int] = [:]
    for part in tokens.split(separator: ",") {
      let words = part.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let count = Self.count(words[0]) else { continue }
      counts[words[1].filter { $0 != "." }] = count
    }
    let dollars = cost.split(separator: " ").first { $0.hasPrefix("$") }
    messages.append(
      UsageRecord(
        model: model,
        counts: .inclusive(
          input: counts["sent"] ?? 0, cacheRead: counts["cache hit"] ?? 0,
          cacheWrite: counts["cache write"] ?? 0, output: counts["received"] ?? 0),
        extent: .request, source: .estimate,
        reportedCost: dollars.flatMap { Double($0.dropFirst()) }))
  }

  private static func halves(_ line: Substring) -> (tokens: Substring, cost: Substring) {
    guard let range = line.firstRange(of: ". Cost: ") else { return (line, "") }
    return (line[..<range.lowerBound], line[range.upperBound...])
  }

  /// `950`, `1.0k`, `12k`, `1.2M`.
  private static func count(_ word: Substring) -> Int? {
    let factor: Double = word.hasSuffix("k") ? 1000 : word.hasSuffix("M") ? 1_000_000 : 1
    let digits = factor == 1 ? word : word.dropLast()
    return Double(digits).flatMap { Int(exactly: ($0 * factor).rounded()) }
  }

  mutating func take(file: [UInt8], at path: String) {
    for object in file.jsonLines where object.string("event") == "message_send" {
      guard let properties = object.object("properties") else { continue }
      exact.append(
        UsageRecord(
          model: model ?? properties.string("main_model"),
          counts: TokenCounts(
            input: properties.count("prompt_tokens"), output: properties.count("completion_tokens")),
          extent: .request, source: .sessionFile, reportedCost: properties["cost"]?.double))
    }
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let usage = exact.isEmpty ? messages : exact
    let outcome: ToolOutcome =
      if let fault { fault } else if ending.isClean {
        hasAnswer ? .done : account.outcome(.exited(1))
      } else { account.outcome(ending) }
    // What was asked for when it was ended is not told.
    return account.conclusion(outcome, usage, isComplete: ending.isClean)
  }
}
