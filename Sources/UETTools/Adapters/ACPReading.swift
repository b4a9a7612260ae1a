import UETModel

/// Folds the record of a conversation in the Agent Client Protocol.
///
/// What the agent answered to the prompt decides. A prompt that is answered after it was cancelled
/// was interrupted, whatever the answer says; one that is "cancelled" and that nobody cancelled has
/// failed, by the agent's last words.
struct ACPReading: ToolReading {
  let resumes: Bool
  /// Whether the program is told the model by other means than the protocol's.
  let modelIsKnown: Bool
  private var account = Account()
  private var model: String?
  private var methods: [Int: String] = [:]
  /// What was answered to the request of that name.
  private var results: [String: JSONObject] = [:]
  private var errors: [String: JSONObject] = [:]
  private var fault: String?
  private var isCancelled = false
  private var isLimited = false
  /// What an agent said that was stopped because it tried again without end.
  private var retried: String?
  /// Whether the agent asks for more than it tells of: vibe gives each session a title.
  private var hidesRequests = false
  private var isPrompted = false
  private var figures: ACPFigures?
  /// What the session had used before this attempt.
  private var before = TokenCounts()
  private var cost: Double?
  private var costBefore = 0.0

  init(model: String?, resumes: Bool, modelIsKnown: Bool = false) {
    self.model = model
    self.modelIsKnown = modelIsKnown
    self.resumes = resumes
  }

  mutating func take(line: ArraySlice<UInt8>) {
    guard let object = line.jsonObject, let direction = object.string("dir") else {
      return account.hear(line)
    }
    let message = object.object("msg") ?? JSONObject()
    switch direction {
    case ">": takeOwn(message)
    case "<": takeAgents(message)
    default:
      fault = object.string("fault") ?? fault
      let note = object.string("note") ?? ""
      isCancelled = isCancelled || note.hasPrefix(ACPRecord.stopAsked)
      isLimited = isLimited || note.hasPrefix(ACPRecord.limitReached)
      if note.hasPrefix(ACPRecord.waitAsked) {
        retried = String(note.dropFirst(ACPRecord.waitAsked.count + 1))
      }
    }
  }

  private mutating func takeOwn(_ message: JSONObject) {
    guard let method = message.string("method") else { return }
    if let id = message["id"]?.integer { methods[id] = method }
    if method == "session/prompt" { isPrompted = true }
    if method == "session/cancel" { isCancelled = true }
  }

  private mutating func takeAgents(_ message: JSONObject) {
    if message.string("method") == "session/update" {
      let parameters = message.object("params") ?? JSONObject()
      return takeUpdate(parameters.object("update") ?? JSONObject(), parameters)
    }
    guard message["method"] == nil, let id = message["id"]?.integer, let method = methods[id]
    else { return }
    if let error = message.object("error") { errors[method] = error }
    guard let result = message.object("result") else { return }
    results[method] = result
    if method == "initialize" {
      hidesRequests = result.object("agentInfo")?.string("name")?.contains("vibe") ?? false
    }
    if ["session/new", "session/load"].contains(method) {
      account.session = result.string("sessionId") ?? account.session
      takeModel(ACPOffers(result)[.model])
    }
  }

  private mutating func takeModel(_ offer: ACPOffers.Offer?) {
    if let model, offer == nil, !modelIsKnown {
      account.warnings.append(
        "it lets nobody choose a model: '\(FaultWords.firstLine(model))' counts for prices, and it "
          + "may use another")
    }
    model = model ?? offer?.current
  }

  private mutating func takeUpdate(_ update: JSONObject, _ parameters: JSONObject) {
    account.session = parameters.string("sessionId") ?? account.session
    if update.string("sessionUpdate") == "agent_message_chunk",
      let text = update.object("content")?.string("text")
    {
      account.lastMessage = text
    }
    let told = ACPFigures(update, parameters)
    if let counts = told.counts {
      figures = told
      if !isPrompted { before = counts }
    }
    guard let sum = told.cost else { return }
    cost = sum
    if !isPrompted { costBefore = sum }
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let records = usage
    // A program that tells nothing may have used something all the same, once it was asked.
    let isAnswered = results["session/prompt"] != nil
    let isKnown =
      !records.isEmpty && isAnswered && !hidesRequests
      && !(resumes && isOnlySum)
    let outcome = outcome(ending)
    let isTurnedAway = if case .notLoggedIn = outcome { records.isEmpty } else { !isPrompted }
    return account.conclusion(outcome, records, isComplete: isKnown || isTurnedAway)
  }

  /// Whether the figures are those of a whole session whose beginning was not told.
  private var isOnlySum: Bool { before.isZero }

  private var usage: [UsageRecord] {
    let answered = results["session/prompt"]?.object("usage").map(ACPFigures.counts)
    guard let counts = answered ?? figures?.counts else { return [] }
    return [
      UsageRecord(
        model: model, counts: counts.since(before), requests: figures?.requests ?? 1,
        extent: .session, source: .stream, reportedCost: cost.map { max(0, $0 - costBefore) })
    ]
  }

  private func outcome(_ ending: ToolEnding) -> ToolOutcome {
    if isLimited { return .outOfBudget }
    if let retried {
      return FaultWords.outcome(of: retried) ?? .overloaded(retried)
    }
    if let result = results["session/prompt"] { return outcome(of: result) }
    for method in ["session/prompt", "session/load", "session/new", "initialize"] {
      guard let error = errors[method], results[method] == nil else { continue }
      if method == "session/load", results["session/new"] != nil { continue }
      return isCancelled ? .interrupted : Self.outcome(of: error, to: method)
    }
    if let fault { return FaultWords.outcome(of: fault) ?? .unusable(fault) }
    if isCancelled { return .interrupted }
    if let error = errors.first(where: { $0.key.hasPrefix("session/set_") })?.value {
      return Self.outcome(of: error, to: "its mode or model")
    }
    if case .exited = ending, !isPrompted {
      let words = account.lastWords ?? "it said nothing"
      return FaultWords.outcome(of: account.spoken) ?? .unusable(words)
    }
    return account.outcome(ending)
  }

  private func outcome(of result: JSONObject) -> ToolOutcome {
    if isCancelled { return .interrupted }
    switch result.string("stopReason") {
    case "end_turn": return .done
    case "max_tokens", "max_turn_requests": return .turnLimit
    case "refusal": return .refused(account.lastMessage.map(FaultWords.firstLine) ?? "refusal")
    case "cancelled":
      let words = account.lastMessage ?? ""
      return FaultWords.outcome(of: words)
        ?? .failed(
          words.isEmpty
            ? "it cancelled its turn, and nobody asked it to" : FaultWords.firstLine(words)
        )
    case let reason: return .failed("it stopped for '\(reason ?? "no reason")'")
    }
  }

  private static func outcome(of error: JSONObject, to method: String) -> ToolOutcome {
    let message = error.string("message") ?? "no message"
    let more = error["data"].map { $0 == .null ? "" : "\n" + $0.encoded() } ?? ""
    if error["code"]?.integer == -32000 { return .notLoggedIn(FaultWords.firstLine(message)) }
    if let known = FaultWords.outcome(of: message + more) { return known }
    let words = "\(FaultWords.firstLine(message)) (error \(error["code"]?.integer ?? 0))"
    return method == "session/prompt" ? .failed(words) : .unusable("\(method): \(words)")
  }
}
